import { acquireBinary } from '../../sandbox/index.ts';

/** The major version of Helm that the tests run: 4, or 3 with `npm run test:older-helm`. */
export const HELM_MAJOR = process.env['SLUICE_TEST_HELM'] === '3' ? 3 : 4;

/** The program, which is built if it cannot be had otherwise. */
export async function helmProgram(): Promise<string> {
  return (await acquireBinary(HELM_MAJOR === 3 ? 'helm3' : 'helm')).path;
}

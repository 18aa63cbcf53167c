import { readFileSync } from 'node:fs';
import { sandboxUp } from '../../sandbox/index.ts';
import type { Sandbox } from '../../sandbox/index.ts';

/**
 * The sandbox that tests share: the one that the test runner named in SLUICE_TEST_SANDBOX, otherwise `dev`, which is
 * started when it is not running. It is not stopped. Tests create separate applications in it.
 */
export async function sharedSandbox(): Promise<Sandbox> {
  const file = process.env['SLUICE_TEST_SANDBOX'];
  return file ? (JSON.parse(readFileSync(file, 'utf8')) as Sandbox) : sandboxUp({ name: 'dev' });
}

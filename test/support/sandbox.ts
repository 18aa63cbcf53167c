import { readFileSync } from 'node:fs';
import { addToSandbox, sandboxUp } from '../../sandbox/index.ts';
import type { Sandbox } from '../../sandbox/index.ts';

/**
 * The sandbox that tests share: the one that the test runner named in SLUICE_TEST_SANDBOX, otherwise `dev`, which is
 * started when it is not running. It is not stopped. Tests create separate applications in it.
 */
export async function sharedSandbox(): Promise<Sandbox> {
  const file = process.env['SLUICE_TEST_SANDBOX'];
  return file ? (JSON.parse(readFileSync(file, 'utf8')) as Sandbox) : sandboxUp({ name: 'dev' });
}

/** The shared sandbox with Flux's controllers and the Git server, which are started when they are not running. */
export async function sharedFlux(): Promise<Sandbox> {
  const sandbox = await sharedSandbox();
  await addToSandbox(sandbox, 'flux', (line) => console.log(line));
  return sandbox;
}

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { startTestTemporal, type TestTemporal } from '../support/temporal.ts';

jest.setTimeout(120_000);
const BIN = fileURLToPath(new URL('../../bin/sluice.mjs', import.meta.url));
const ATTRIBUTES = ['SluiceTarget', 'SluiceState', 'SluiceStrategy', 'SluiceVersion', 'SluiceStartedBy'];
const DAY_S = 86_400;
let temporal: TestTemporal;

beforeAll(async () => {
  temporal = await startTestTemporal();
  await temporal.client.workflowService.registerNamespace({
    namespace: 'team',
    workflowExecutionRetentionPeriod: { seconds: DAY_S as never },
  });
}, 120_000);
afterAll(() => temporal.stop());

/** `sluice setup temporal` in a process of its own. */
async function setup(namespace: string, ...options: string[]): Promise<{ code: number; out: string; err: string }> {
  const env = { PATH: process.env['PATH'], TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: namespace };
  const run = promisify(execFile)(process.execPath, [BIN, 'setup', 'temporal', ...options], { env });
  return run.then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout, err: stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
      code,
      out: stdout,
      err: stderr,
    }),
  );
}

test('a new namespace gets its search attributes once', async () => {
  // A namespace is usable some seconds after it was registered.
  let first = await setup('team', '-o', 'json');
  for (let tries = 0; first.code !== 0 && tries < 30; tries += 1) first = await setup('team', '-o', 'json');

  expect(JSON.parse(first.out)).toMatchObject({ namespace: 'team', registered: ATTRIBUTES, present: [] });
  expect((await setup('team')).out).toMatch(
    /^Temporal \d+\.\d+\.\d+\S* at \S+, namespace team\nnothing had to be registered\nthere before: 5 search attributes: Sluice/,
  );
});

test('a namespace that does not exist is refused', async () => {
  const { code, err } = await setup('nowhere');

  expect(code).not.toBe(0);
  expect(err).toContain('nowhere');
});

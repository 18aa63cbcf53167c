import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { runSluice, type Ended } from '../support/sluice-process.ts';
import { startTestTemporal, type TestTemporal } from '../support/temporal.ts';

jest.setTimeout(120_000);
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
const setup = (namespace: string, ...options: string[]): Promise<Ended> =>
  runSluice(['setup', 'temporal', ...options], {
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: namespace,
  });

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

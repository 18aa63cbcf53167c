import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { startTestTemporal, type TestTemporal } from '../support/temporal.ts';
import { TEST_MS } from '../support/workflow-release.ts';
import type * as workflows from './first-workflow.ts';

const QUEUE = 'first';
let temporal: TestTemporal;
let code: string;

beforeAll(async () => {
  const workflowsPath = fileURLToPath(new URL('first-workflow.ts', import.meta.url));
  [temporal, { code }] = await Promise.all([
    startTestTemporal(),
    bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') }),
  ]);
}, TEST_MS);
afterAll(() => temporal.stop());

async function run<Name extends keyof typeof workflows>(name: Name): Promise<unknown> {
  const worker = await Worker.create({ connection: temporal.connection, taskQueue: QUEUE, workflowBundle: { code } });
  return worker.runUntil(temporal.client.workflow.execute(name, { taskQueue: QUEUE, workflowId: name, args: [] }));
}

test(
  'of two waits that come true together the second one has ended when the first is known',
  async () => {
    expect(await run('twoAtOnce')).toEqual({ first: 'quick', before: ['quick', 'slow'], after: [] });
  },
  TEST_MS,
);

test(
  'the clock does not let go on what was cancelled',
  async () => {
    expect(await run('cancelledOnTheClock')).toBe(true);
  },
  TEST_MS,
);

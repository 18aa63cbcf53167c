import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { homeOf } from '../../sandbox/place.ts';
import { historiesCheck } from '../../src/entry/open-releases-check.ts';
import { workflowBundle } from '../../src/entry/workflow-bundle.ts';
import { createTemporalGateway } from '../../src/temporal/temporal-gateway.ts';
import { otherWorkflowCode } from '../support/other-workflow-code.ts';
import { eventually } from '../support/releases-wait.ts';
import { startTestTemporal, type TestTemporal } from '../support/temporal.ts';
import { TEST_MS, withRelease } from '../support/workflow-release.ts';

jest.setTimeout(TEST_MS);
const home = mkdtempSync(join(tmpdir(), 'sluice-doctor-'));
let temporal: TestTemporal;
beforeAll(async () => {
  temporal = await startTestTemporal();
}, 120_000);
afterAll(async () => {
  rmSync(home, { recursive: true, force: true });
  await temporal.stop();
});

test('doctor replays the open releases with the code of its own version', () =>
  withRelease(temporal, { spec: { approval: true } }, async (one) => {
    const { address } = temporal;
    const load = () => Promise.resolve({ address, namespace: 'default', connectionOptions: { address } });
    const gateway = createTemporalGateway({ temporal: load, taskQueue: one.taskQueue });
    const check = (folder: string) => historiesCheck({ home: folder, taskQueue: one.taskQueue }, gateway, load);
    try {
      await one.until('waiting-for-approval');
      // Temporal's list is up to a second late.
      const good = await eventually('the release is listed', async () => {
        const found = await check(homeOf());
        return found.detail === 'none is open' ? undefined : found;
      });
      expect(good).toMatchObject({ state: 'ok', detail: 'the code of this version carries on 1 open release' });
      mkdirSync(join(home, 'bundles'));
      const other = join(home, 'bundles', basename(await workflowBundle(homeOf())));
      writeFileSync(other, await otherWorkflowCode());
      expect(await check(home)).toMatchObject({
        state: 'missing',
        detail: expect.stringContaining(`cannot carry on ${one.id}: `),
        next: expect.stringContaining('Keep the workers'),
      });
    } finally {
      await gateway.close();
    }
  }));

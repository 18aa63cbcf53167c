import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Connection } from '@temporalio/client';
import type { ReleaseResult } from '../../src/domain/release/view.ts';
import type { ReleaseGateway } from '../../src/temporal/gateway.ts';
import { createTemporalGateway } from '../../src/temporal/temporal-gateway.ts';
import { continued, continuing, refused } from '../support/continued-release.ts';
import { withRetries } from '../support/mcp-client.ts';
import { startTestTemporal, type TestTemporal } from '../support/temporal.ts';
import { TEST_MS, withRelease, type ReleaseUnderTest, type Scenario } from '../support/workflow-release.ts';

jest.setTimeout(TEST_MS);
let temporal: TestTemporal;
beforeAll(async () => {
  temporal = await startTestTemporal();
}, 120_000);
afterAll(() => temporal.stop());

async function withGateway(one: ReleaseUnderTest, body: (gateway: ReleaseGateway) => Promise<void>): Promise<void> {
  const { address } = (temporal.client.connection as Connection).options;
  const gateway = createTemporalGateway({
    temporal: () => Promise.resolve({ address, namespace: 'default', connectionOptions: { address } }),
    taskQueue: one.taskQueue,
  });
  try {
    await body(gateway);
  } finally {
    await gateway.close();
  }
}

async function eventually<T>(look: () => Promise<T>, met: (value: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    const value = await look();
    if (met(value) || tries > 100) return value;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const approval: Scenario = continuing({ spec: { approval: true } });
const by = (name: 'reject' | 'pause' | 'resume', requestId: string, runId?: string) =>
  ({ name, requestId, who: 'ada', ...(runId !== undefined && { runId }) }) as const;

test('every call of the gateway follows a release through its runs', () =>
  withRelease(temporal, approval, (one) =>
    withGateway(one, async (gateway) => {
      await one.handle.terminate('started again by the gateway');
      const { runId } = await gateway.start({ ...one.input, requestId: 'the-start' });
      const before = await eventually(
        () => gateway.get(one.id).catch(() => undefined),
        (view) => view?.state === 'waiting-for-approval',
      );
      const outcomes: string[] = [];
      const [, second = ''] = await continued(one, async (number) => {
        for (const name of ['pause', 'resume'] as const)
          outcomes.push(
            (await withRetries(() => gateway.command(one.id, by(name, `${name}-${number}`), 2_000))).outcome,
          );
      });
      expect(new Set(outcomes)).toEqual(new Set(['applied']));

      const [, third = ''] = await continued(one, refused(one));
      for (const run of [undefined, runId, second, third])
        expect(await gateway.get(one.id, run)).toMatchObject({
          ...{ runId, state: 'waiting-for-approval', startedAt: before?.startedAt },
        });
      const open = await eventually(
        () => gateway.list({ ...one.input.spec.target, open: true, limit: 5 }),
        ([only]) => only?.runId === runId,
      );
      expect(open).toHaveLength(1);
      expect(open[0]?.startedAt).toBe(before?.startedAt);
      for (const run of [runId, second, third])
        expect(await gateway.owns({ releaseId: one.id, runId: run })).toBe('open');
      expect(await gateway.admit(one.id, 'the-start')).toMatchObject({ runId, started: false });
      await expect(gateway.admit(one.id, 'another')).rejects.toMatchObject({ code: 'TARGET_BUSY' });
      await expect(gateway.command(one.id, by('pause', 'stale', 'another'), 500)).rejects.toMatchObject({
        code: 'STALE_COMMAND',
      });
      expect(await gateway.command(one.id, by('reject', 'no', second), 3000)).toMatchObject({ outcome: 'applied' });
      await eventually(
        () => gateway.get(one.id),
        ({ closedAt }) => closedAt !== undefined,
      );

      const next = await eventually(
        () => gateway.start({ ...one.input, requestId: 'next' }).catch(() => undefined),
        (started) => started !== undefined,
      );
      expect(next).toMatchObject({ started: true });
      expect(await gateway.get(one.id, runId)).toMatchObject({ runId, state: 'refused' });
      expect(await gateway.owns({ releaseId: one.id, runId })).toBe('ended');
      expect(await gateway.owns({ releaseId: one.id, runId: second })).toBe('ended');
      const all = await eventually(
        () => gateway.list({ ...one.input.spec.target, limit: 10 }),
        (found) => found.some((found) => found.runId === runId && found.state === 'refused'),
      );
      expect(all.filter((found) => found.runId === runId)).toHaveLength(1);
      const again = await eventually(
        () => gateway.admit(one.id, 'the-start').catch(() => undefined),
        (found) => found !== undefined,
      );
      expect(again).toEqual({ id: one.id, runId, started: false });
    }),
  ));

/** The end of a release whose target bears `mark`. Its cluster has another name than that of `marker`. */
async function endUnder(marker: ReleaseUnderTest, runId: string): Promise<ReleaseResult> {
  const target = { ...marker.world.target, cluster: 'dev' };
  const mark = { releaseId: marker.id, runId, temporal: 'default', epoch: 1 };
  const beforeStart = async ({ world }: ReleaseUnderTest) => {
    for (const on of ['rollout', 'traffic'] as const) world.foreignOwner(on, mark);
  };
  let end: ReleaseResult | undefined;
  await withRelease(temporal, { world: { target }, beforeStart }, async (one) => {
    end = await one.ended();
  });
  return end as ReleaseResult;
}

test('the mark of a run that has continued as new is respected by other releases, until its release has ended', () => {
  const target = { cluster: 'another-name', namespace: 'shop', rollout: 'continued' };
  return withRelease(temporal, { ...approval, world: { target } }, async (one) => {
    await one.until('waiting-for-approval');
    const [first = ''] = await continued(one, refused(one));

    expect(await endUnder(one, first)).toMatchObject({
      state: 'refused',
      reason: expect.stringContaining(`held by ${one.id}`),
    });
    await one.update('reject');
    await one.ended();
    expect(await endUnder(one, first)).toMatchObject({ state: 'succeeded' });
  });
});

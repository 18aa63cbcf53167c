import { expect } from '@jest/globals';
import { isPassing, withRetries } from '../support/mcp-client.ts';
import { expectEnd } from '../support/releases-proof.ts';
import { Release } from '../support/releases-release.ts';
import { forBoth, released, type Scenario } from '../support/releases-scenario.ts';
import type { Stage } from '../support/releases-stage.ts';
import { eventually } from '../support/releases-wait.ts';

interface Started {
  readonly release_id: string;
  readonly run_id?: string;
  readonly started: boolean;
  readonly queued?: { readonly position?: number; readonly detail: string };
}
interface Row {
  readonly held: boolean;
  readonly detail: string;
  readonly waiting: readonly { readonly position: number; readonly image: string; readonly request_id: string }[];
  readonly left: readonly { readonly request_id: string; readonly outcome: string; readonly run_id?: string }[];
}

/** It asks long enough for a worker that is killed meanwhile. */
const OLDER = { require_manual_promotion: true, timeouts: { decision: '10m', step: '5m' } };

/** A newer version while an older one is released, on a worker that is killed meanwhile. */
export const queues: Scenario[] = [
  ...forBoth(
    'a newer version waits in the queue, also when the worker is killed, and starts after the success of the older one',
    async (stage) => {
      const older = await stage.start('', OLDER);
      await older.reaches('waiting-for-decision');
      const image = stage.image();
      expect(await enqueue(stage, image, 'queue')).toMatchObject({ started: false, queued: { position: 1 } });
      // The same request again has the same place.
      expect(await enqueue(stage, image, 'queue')).toMatchObject({ started: false, queued: { position: 1 } });
      await killWorker(stage);
      expect(await queueOf(stage)).toMatchObject({ held: false, waiting: [{ position: 1, image }] });

      await older.promoteAll();
      const newer = await startedBy(stage, image);
      await expectEnd(newer, 'succeeded');
      expect(await read(stage, older)).toMatchObject({ state: 'succeeded' });
      return released(image);
    },
    { lane: 'chaos' },
  ),
  ...forBoth(
    'a newer version supersedes the running one: that one is rolled back with proof, also when the worker is killed',
    async (stage) => {
      const older = await stage.start('', OLDER);
      await older.reaches('waiting-for-decision');
      const image = stage.image();
      stage.arm('workload.abort', 'before', 'kill');
      expect(await enqueue(stage, image, 'supersede')).toMatchObject({ started: false, queued: { position: 1 } });
      await stage.lane.worker.ready();

      const newer = await startedBy(stage, image);
      expect(await read(stage, older)).toMatchObject({
        state: 'rolled-back',
        reason: expect.stringContaining(`superseded by ${image}`),
        weights: { wanted: 0, effective: 'proved' },
      });
      await expectEnd(newer, 'succeeded');
      return released(image);
    },
    { lane: 'chaos' },
  ),
];

function enqueue(stage: Stage, image: string, policy: 'queue' | 'supersede'): Promise<Started> {
  const file = { ...stage.file(image, { when_busy: policy }), request_id: requestOf(image) };
  return withRetries(() => stage.lane.mcp.call<Started>('release_start', file));
}

const requestOf = (image: string): string => `queued-${image.replace(':', '-')}`;

async function killWorker({ lane: { worker } }: Stage): Promise<void> {
  const before = worker.ends.length;
  await worker.kill();
  await worker.died(before);
  await worker.ready();
}

function queueOf(stage: Stage): Promise<Row | undefined> {
  const list = { target: stage.target };
  return withRetries(
    async () => (await stage.lane.mcp.call<{ queues: readonly Row[] }>('release_queue_list', list)).queues[0],
  );
}

/** The release that the queue has started for this image. */
async function startedBy(stage: Stage, image: string): Promise<Release> {
  let last: Row | undefined;
  const runId = await eventually(
    `the queue has started ${image}`,
    async () => {
      last = await queueOf(stage).catch((error: unknown) => {
        if (isPassing(error)) return undefined;
        throw error;
      });
      return last?.left.find((one) => one.request_id === requestOf(image))?.run_id;
    },
    { timeoutMs: 120_000, everyMs: 250, now: () => last },
  );
  const { cluster, namespace, rollout } = stage.target;
  stage.release = new Release(stage.lane.mcp, ['release', cluster, namespace, rollout].join('/'), runId, image);
  return stage.release;
}

function read(stage: Stage, { id, runId }: Release): Promise<object> {
  return withRetries(() => stage.lane.mcp.call<object>('release_get', { release_id: id, run_id: runId }));
}

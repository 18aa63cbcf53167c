import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { applyApplication, removeApplication, type Sandbox } from '../../sandbox/index.ts';
import { createClusters } from '../../src/adapters/kubernetes/index.ts';
import { ROLLOUT } from '../../src/adapters/kubernetes/kinds.ts';
import { openLane, type Lane } from '../support/releases-lane.ts';
import { Release } from '../support/releases-release.ts';
import { eventually } from '../support/releases-wait.ts';
import { sharedSandbox } from '../support/sandbox.ts';

jest.setTimeout(240_000);

const NAMESPACE = 'steer';
const NAME = `steer-owned-${Date.now().toString(36).slice(-5)}`;

let sandbox: Sandbox;
let lane: Lane;
beforeAll(async () => {
  sandbox = await sharedSandbox();
  await applyApplication(sandbox, {
    name: NAME,
    namespace: NAMESPACE,
    strategy: 'canary',
    steps: [25, 50],
    image: 'shop:v1',
    rps: 20,
  });
  lane = await openLane(sandbox, { name: NAME, plainWorker: true });
}, 900_000);
afterAll(async () => {
  await lane?.stop();
  await removeApplication(sandbox, NAME, NAMESPACE);
}, 200_000);

interface Answer extends Record<string, unknown> {
  readonly changed: boolean;
  readonly effective: string;
  readonly reason: string;
  readonly release_id?: string;
}

const call = (tool: string, more: Record<string, unknown> = {}): Promise<Answer> =>
  lane.mcp.call<Answer>(tool, { namespace: NAMESPACE, name: NAME, ...more });
const rollout = async () =>
  (await createClusters({ kubeconfig: sandbox.kubeconfig })
    .client(sandbox.context)
    .get({ kind: ROLLOUT, namespace: NAMESPACE, name: NAME })) as {
    metadata: { annotations?: Record<string, string> };
    spec: { paused?: boolean; template: { spec: { containers: { image: string }[] } } };
    status: { currentStepIndex?: number; abort?: boolean };
  };

async function startRelease(image: string): Promise<Release> {
  const started = await lane.mcp.call<{ release_id: string; run_id: string }>('release_start', {
    target: { cluster: sandbox.context, namespace: NAMESPACE, rollout: NAME },
    image,
    strategy: 'canary',
    analysis: { judge: 'limits', soak: '1s', min_requests: 3, success_ratio: 0.9, hold: '60s' },
    require_manual_promotion: true,
    timeouts: { step: '90s', approval: '90s', decision: '180s', rollback: '120s' },
  });
  return new Release(lane.mcp, started.release_id, started.run_id, image);
}

test('a running release takes pause, resume, promote and abort as its own, and nothing goes behind its back', async () => {
  const release = await startRelease('shop:v2');
  await release.reaches('waiting-for-decision', 120_000);

  await expect(call('argo_update_rollout_image', { image: 'shop:v9' })).rejects.toMatchObject({
    code: 'OWNED_BY_OTHER',
    details: { release_id: release.id },
  });
  expect((await rollout()).spec.template.spec.containers[0]?.image).toBe('shop:v2');

  expect(await call('argo_pause_rollout', { reason: 'error reports' })).toMatchObject({
    changed: true,
    effective: 'proved',
    release_id: release.id,
  });
  await release.reaches('paused');
  expect((await rollout()).spec.paused ?? false).toBe(false);
  // The release itself refuses what does not fit its state: an answer, not an error.
  expect(await call('argo_promote_rollout')).toMatchObject({
    changed: false,
    effective: 'refused',
    release_id: release.id,
  });

  expect(await call('argo_resume_rollout')).toMatchObject({ changed: true, release_id: release.id });
  await release.reaches('waiting-for-decision');
  const id = { request_id: `promote-${NAME}` };
  expect(await call('argo_promote_rollout', id)).toMatchObject({ changed: true, release_id: release.id });
  await release.until(
    'the second step asks',
    ({ state, step }) => state === 'waiting-for-decision' && step?.index === 1,
  );
  // Sent again it is the same command: the release does not go on to its end.
  expect(await call('argo_promote_rollout', id)).toMatchObject({ changed: false, release_id: release.id });
  expect((await rollout()).status.currentStepIndex).toBe(3);

  await expect(call('argo_abort_rollout')).rejects.toMatchObject({ code: 'CONFIRMATION_REQUIRED' });
  expect(await call('argo_abort_rollout', { confirm: `${NAMESPACE}/${NAME}`, reason: 'error reports' })).toMatchObject({
    changed: true,
    release_id: release.id,
  });
  await release.reaches('rolled-back', 120_000);
  expect((await rollout()).spec.template.spec.containers[0]?.image).toBe('shop:v1');

  await eventually('the mark is gone', async () =>
    (await rollout()).metadata.annotations?.['sluice.dev/owner'] === undefined ? true : undefined,
  );
  expect(await call('argo_pause_rollout')).toMatchObject({
    changed: true,
    effective: 'proved',
    after: { paused_by: ['manual'] },
  });
  expect(await call('argo_resume_rollout')).toMatchObject({ changed: true, effective: 'proved' });
});

test('skip and full promotion reach the release too', async () => {
  const release = await startRelease('shop:v3');
  await release.reaches('waiting-for-decision', 120_000);
  const confirm = `${NAMESPACE}/${NAME}`;

  expect(await call('argo_skip_analysis_promote', { reason: 'tested by hand', confirm })).toMatchObject({
    release_id: release.id,
  });
  await expect(call('argo_promote_rollout', { full: true })).rejects.toMatchObject({ code: 'CONFIRMATION_REQUIRED' });
  await release.until(
    'the second step asks',
    ({ state, step }) => state === 'waiting-for-decision' && step?.index === 1,
  );
  expect(await call('argo_promote_rollout', { full: true, confirm })).toMatchObject({
    changed: true,
    release_id: release.id,
  });

  await release.reaches('succeeded', 120_000);
  expect((await rollout()).spec.template.spec.containers[0]?.image).toBe('shop:v3');
});

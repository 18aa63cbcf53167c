import { afterEach, expect, jest, test } from '@jest/globals';
import { SluiceError } from '../../src/domain/errors.ts';
import { releaseId } from '../../src/domain/release/target.ts';
import type { FakeWorldOptions } from '../support/fake-world-options.ts';
import { aView } from '../support/fake-gateway.ts';
import { UpdatesStage } from '../support/updates-stage.ts';
import type { UpdateDeps } from '../../src/updates/index.ts';

jest.setTimeout(30_000);

const open: UpdatesStage[] = [];
afterEach(() => open.splice(0).forEach((stage) => stage.close()));

const ASKED = { 'sluice.dev/release-updates': 'true' };

function stageOf(options: FakeWorldOptions = {}, changes: Partial<UpdateDeps> = {}): UpdatesStage {
  const stage = new UpdatesStage(options, changes);
  open.push(stage);
  return stage;
}

function asked(options: FakeWorldOptions = {}, changes: Partial<UpdateDeps> = {}): UpdatesStage {
  const stage = stageOf(options, changes);
  stage.annotate(ASKED);
  return stage;
}

const hasStarted = (stage: UpdatesStage, count = 1) =>
  stage.until(`${count} releases`, () => stage.started.length === count);

test('an update of an annotated Rollout starts one release that joins it, and an event says so', async () => {
  const stage = asked();
  stage.work();
  stage.world.foreignImage('shop:v2');
  await hasStarted(stage);
  const [input] = await stage.settled();
  expect(stage.started).toHaveLength(1);
  expect(input).toMatchObject({
    spec: { image: 'shop:v2', container: 'app', strategy: 'watched-canary', clusterUid: 'uid-of-kube-system' },
    ...{ startedBy: 'update:unknown', starter: 'update#shop/shop' },
    requestId: expect.stringMatching(/^update-uid-\d+-2-\w+$/),
    update: { revision: 2, tools: [] },
  });
  expect(stage.events()).toEqual([expect.stringMatching(/^Normal ReleaseStarted: Sluice watches this update with/)]);
});

test('several workers start one release, and so does one that begins later', async () => {
  const stage = asked();
  const stop = stage.work();
  stage.work();
  stage.world.foreignImage('shop:v2');
  await hasStarted(stage);
  stop();
  stage.work();
  expect(await stage.settled()).toHaveLength(1);
  expect(stage.events()).toHaveLength(1);
});

test('an update that began while no worker ran is found', async () => {
  const stage = asked();
  stage.world.foreignImage('shop:v2');
  await stage.world.until(({ podHash, stableHash }) => podHash !== stableHash);
  stage.work();
  await hasStarted(stage);
});

test('without the annotation nothing is started, but in the namespaces of the settings it is not needed', async () => {
  const silent = stageOf();
  silent.work();
  silent.world.foreignImage('shop:v2');
  const every = stageOf({}, { everyUpdateIn: ['shop'] });
  every.work();
  every.world.foreignImage('shop:v2');
  const without = stageOf({}, { everyUpdateIn: ['shop'] });
  without.annotate({ 'sluice.dev/release-updates': 'false' });
  without.work();
  without.world.foreignImage('shop:v2');
  await hasStarted(every);
  expect([await silent.settled(), await without.settled()]).toEqual([[], []]);
});

test('a scale and a change of the steps start nothing', async () => {
  const stage = asked();
  stage.work();
  stage.change(({ spec }) => void (spec['replicas'] = 7));
  stage.world.replaceSteps([20]);
  stage.change(({ spec }) => void (spec['restartAt'] = '2026-11-30T10:00:00Z'));
  expect(await stage.settled()).toEqual([]);
  expect(stage.events()).toEqual([]);
});

test('an aborted update starts nothing, its retry is no other update, and the same version later is one', async () => {
  const stage = asked();
  stage.work();
  stage.world.foreignImage('shop:v2');
  await hasStarted(stage);
  stage.gateway.views.clear();
  stage.world.abortByHand();
  await stage.world.until(({ aborted }) => aborted);
  stage.change(({ status }) => void (status['abort'] = false));
  expect(await stage.settled()).toHaveLength(1);
  stage.world.foreignImage('shop:v1');
  await stage.world.until(({ podHash, stableHash }) => podHash === stableHash);
  stage.world.foreignImage('shop:v2');
  await hasStarted(stage, 2);
  expect(new Set(stage.started.map(({ requestId }) => requestId)).size).toBe(2);
});

/** A release of Sluice holds the Rollout, whose image changes. That starts nothing. */
async function held() {
  const stage = asked();
  const id = releaseId(stage.world.target);
  stage.gateway.views.set(id, aView({ id, runId: 'r' }));
  stage.world.foreignOwner('rollout', { releaseId: id, runId: 'r' });
  stage.work();
  stage.world.foreignImage('shop:v2');
  expect(await stage.settled()).toEqual([]);
  return { stage, id };
}

test('while a release of Sluice holds the Rollout, its own update starts nothing', async () => {
  const { stage } = await held();
  expect(stage.events()).toEqual([]);
});

test('an update waits until the release before it has left the Rollout', async () => {
  const { stage, id } = await held();
  stage.gateway.views.delete(id);
  stage.world.removeOwner('rollout');
  await hasStarted(stage);
});

test('a mark that an ended run has left is told, with what to do', async () => {
  const stage = asked();
  const id = releaseId(stage.world.target);
  stage.world.foreignOwner('rollout', { releaseId: id, runId: 'r' });
  stage.gateway.ownership = 'ended';
  stage.work();
  stage.world.foreignImage('shop:v2');
  await stage.until('the event', () => stage.events().length > 0);
  expect(stage.events()).toEqual([
    expect.stringMatching(/^Warning ReleaseNotStarted: .*left its mark.*release_recover/),
  ]);
  expect(stage.started).toEqual([]);
});

test('what preflight refuses is told once, and the release starts when it is corrected', async () => {
  const stage = asked();
  stage.world.pauseByHand(true);
  stage.work();
  stage.world.foreignImage('shop:v2');
  await stage.until('the event', () => stage.events().length > 0);
  expect(stage.events()).toEqual([
    expect.stringMatching(/^Warning ReleaseNotStarted: This update has no release yet: health: .*spec\.paused/),
  ]);
  stage.world.pauseByHand(false);
  await stage.until('the second event', () => stage.events().length === 2);
  expect(stage.started).toHaveLength(1);
});

test.each<[string, Record<string, string> | undefined, RegExp]>([
  ['no ConfigMap', undefined, /no ConfigMap shop\/fields/],
  ['no such key', { 'other.yaml': 'x' }, /has no key release\.yaml; it has other\.yaml/],
  ['no YAML', { 'release.yaml': 'a: [' }, /has no YAML in release\.yaml/],
  ['an unknown strategy', { 'release.yaml': 'strategy: rainbow' }, /strategy: must be watched-canary/],
  ['an unknown container', { 'release.yaml': 'container: web' }, /There is no container web.*The containers are: app/],
  ['a field of the update', { 'release.yaml': 'image: shop:v9' }, /image: leave it out/],
])('a bad release file is told: %s', async (_name, data, why) => {
  const stage = asked();
  stage.annotate({ 'sluice.dev/release-file': 'fields' });
  if (data) stage.releaseFile('fields', data);
  stage.work();
  stage.world.foreignImage('shop:v2');
  await stage.until('the event', () => stage.events().length > 0);
  expect(stage.events()).toEqual([expect.stringMatching(why)]);
  expect(stage.started).toEqual([]);
});

test('a wrong annotation is told at once', async () => {
  const stage = stageOf();
  stage.annotate({ 'sluice.dev/release-updates': 'yes' });
  stage.work();
  await stage.until('the event', () => stage.events().length > 0);
  expect(stage.events()).toEqual([
    'Warning ReleaseNotStarted: Updates of this Rollout start no release: the annotation sluice.dev/release-updates is "yes". Set it to "true" or "false".',
  ]);
});

test('the fields of the release file are those of the release', async () => {
  const stage = asked();
  stage.annotate({ 'sluice.dev/release-file': 'fields' });
  stage.releaseFile('fields', { 'release.yaml': 'guard: 5m\nrequire_manual_promotion: false\n' });
  stage.work();
  stage.world.foreignImage('shop:v2');
  await hasStarted(stage);
  expect(stage.started[0]?.spec).toMatchObject({ guardMs: 300_000, manualPromotion: false });
});

const BY_METRIC = `
split: argo-status
analysis: { metrics: [{ name: failed-answers, kind: pair, query: 'errors{hash="{{args.hash}}"}', max_increase: 0.01 }] }
`;

/** An update of a Rollout without Traefik. */
function unrouted(file: string, changes: Partial<UpdateDeps> = {}): UpdatesStage {
  const stage = asked({ router: 'pods' }, changes);
  stage.annotate({ 'sluice.dev/release-file': 'fields' });
  stage.releaseFile('fields', { 'release.yaml': file });
  stage.work();
  stage.world.foreignImage('shop:v2');
  return stage;
}

test('an update of a Rollout without Traefik starts a release by the word of Argo', async () => {
  const stage = unrouted(BY_METRIC);
  await hasStarted(stage);
  expect(stage.started[0]?.spec).toMatchObject({ split: 'argo-status', strategy: 'watched-canary', image: 'shop:v2' });
});

test('without a metric it is refused, and a split that there is not as well, each with what to do', async () => {
  const without = unrouted('split: argo-status');
  await without.until('the event', () => without.events().length > 0);
  expect(without.events()).toEqual([expect.stringMatching(/the release file has no metric.*Add a metric/)]);
  const unknown = unrouted('split: nginx', {
    preflight: () => Promise.reject(new SluiceError('KIND_UNKNOWN', 'No split is named "nginx". Known: traefik.')),
  });
  await unknown.until('the event', () => unknown.events().length > 0);
  expect(unknown.events()).toEqual([
    expect.stringMatching(/^Warning ReleaseNotStarted: This update has no release yet: No split is named "nginx"/),
  ]);
});

test('access rules decide about it as about every caller', async () => {
  const rule = { name: 'updates', permissions: ['operate'] as const, who: { issuer: 'update', subject: 'shop/other' } };
  const refused = asked({}, { access: [rule] });
  refused.work();
  refused.world.foreignImage('shop:v2');
  await refused.until('the event', () => refused.events().length > 0);
  expect(refused.events()).toEqual([expect.stringMatching(/the access rules do not allow it.*update#shop\/shop/)]);
  const allowed = asked({}, { access: [{ ...rule, who: { issuer: 'update' } }] });
  allowed.work();
  allowed.world.foreignImage('shop:v2');
  await hasStarted(allowed);
});

test('an outage of the cluster or of Temporal delays the start', async () => {
  const stage = asked();
  stage.gateway.failure = new SluiceError('TEMPORAL_UNREACHABLE', 'away');
  stage.world.failCluster(1);
  stage.work();
  stage.world.foreignImage('shop:v2');
  expect(await stage.settled(1_500)).toEqual([]);
  stage.gateway.failure = undefined;
  await hasStarted(stage);
  expect(stage.events()).toHaveLength(1);
});

test('the template of a workloadRef counts, with its writer', async () => {
  const stage = asked({ workloadRef: true });
  stage.work();
  stage.world.foreignImage('shop:v2');
  await hasStarted(stage);
  expect(stage.started[0]?.spec.image).toBe('shop:v2');
});

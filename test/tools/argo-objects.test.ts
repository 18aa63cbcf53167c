import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { DEPLOYMENT, ROLLOUT, SERVICE, TRAEFIK_SERVICE } from '../../src/adapters/kubernetes/kinds.ts';
import { OWNER_ANNOTATION } from '../../src/adapters/kubernetes/owner-mark.ts';
import { codeOf, failureOf, ObjectsStage, type Stored } from '../support/argo-objects-stage.ts';
import { eventually } from '../support/releases-wait.ts';
import { sharedSandbox } from '../support/sandbox.ts';

// Pods start, selectors settle, aborts wait: seconds each.
jest.setTimeout(300_000);

let stage: ObjectsStage;

beforeAll(async () => {
  stage = new ObjectsStage(await sharedSandbox());
  await stage.open();
}, 900_000);

afterAll(() => stage.close(), 60_000);

const there = (kind: typeof SERVICE, name: string): Promise<boolean> =>
  stage.client.get(stage.ref(kind, name)).then(
    () => true,
    () => false,
  );
const specOf = async (name: string): Promise<Stored['spec']> => (await stage.get(ROLLOUT, name)).spec;

describe('a canary from nothing', () => {
  const name = 'obj-canary';

  test('without a route it is refused, and nothing is there afterwards', async () => {
    const answer = await stage.about('argo_create_rollout', name, {
      image: 'shop:v1',
      strategy: 'canary',
      weights: [10, 50],
    });

    expect(answer).toMatchObject({ changed: false, effective: 'refused', created: [] });
    expect(answer.next).toMatch(/services_only.*traefik_create_weighted_route/);
    expect(await there(SERVICE, `${name}-stable`)).toBe(false);
    expect(await there(ROLLOUT, name)).toBe(false);
  });

  test('the three calls that it names lead to a served canary', async () => {
    const services = await stage.about('argo_create_rollout', name, {
      image: 'shop:v1',
      strategy: 'canary',
      services_only: true,
    });
    const route = await stage.call('traefik_create_weighted_route', {
      namespace: stage.namespace,
      route_name: name,
      hostname: `${name}.local`,
      native_lb: true,
    });
    const made = await stage.about('argo_create_rollout', name, {
      image: 'shop:v1',
      strategy: 'canary',
      weights: [10, 50],
    });

    expect(services).toMatchObject({
      changed: true,
      effective: 'proved',
      created: [`Service ${stage.namespace}/${name}-stable`, `Service ${stage.namespace}/${name}-canary`],
    });
    expect(route).toMatchObject({ changed: true });
    expect(made).toMatchObject({ changed: true, effective: 'proved', created: [`Rollout ${stage.namespace}/${name}`] });
    expect(made.found).toContain(`TraefikService ${stage.namespace}/${name}`);
    expect(made.after.pod_hash).not.toBe('');
    const healthy = await stage.until(name, 'Healthy', ({ phase }) => phase === 'Healthy');
    expect(healthy).toMatchObject({
      strategy: 'canary',
      observed: true,
      images: { app: 'shop:v1' },
      route: { traefik_service: name },
    });
    expect(healthy.services.map(({ version }) => version)).toEqual(['stable', 'stable']);
    expect((await specOf(name)).strategy.canary.steps).toEqual([
      { setWeight: 10 },
      { pause: {} },
      { setWeight: 50 },
      { pause: {} },
    ]);
  });

  test('made again it is left alone', async () => {
    const before = await stage.client.get(stage.ref(ROLLOUT, name));

    expect(await codeOf(stage.about('argo_create_rollout', name, { image: 'shop:v9', strategy: 'canary' }))).toBe(
      'ALREADY_EXISTS',
    );
    expect(await stage.client.get(stage.ref(ROLLOUT, name))).toEqual(before);
  });

  test('at a pause the status shows step, weights, versions and what to call, with the phase that kubectl shows', async () => {
    await stage.setImage(name, 'shop:v2');

    const status = await stage.until(
      name,
      'paused at the first step',
      ({ phase, weight }) => phase === 'Paused' && weight === 10,
    );

    expect(status).toMatchObject({
      step: 1,
      paused_by: ['CanaryPauseStep'],
      route: { weights: { [`${name}-stable`]: 90, [`${name}-canary`]: 10 } },
    });
    expect(status.plan).toEqual(['setWeight: 10', '→ pause until promoted', 'setWeight: 50', 'pause until promoted']);
    expect(status.services.map(({ version }) => version)).toEqual(['stable', 'new']);
    expect(status.next).toMatch(/argo_promote_rollout/);
    expect(await stage.plugin(name)).toEqual({ phase: status.phase, message: status.message });
  });

  test('just after an abort, and after a retry, the stale phase is never told', async () => {
    const patch = (abort: boolean) =>
      stage.client.mergePatch(stage.ref(ROLLOUT, name), { status: { abort } }, { subresource: 'status' });

    await patch(true);
    const atOnce = await stage.status(name);
    const aborted = await stage.until(name, 'aborted', ({ phase }) => phase === 'Degraded');
    await patch(false);
    const retried = await stage.status(name);

    expect(atOnce).toMatchObject({ aborted: true });
    expect(atOnce.phase).not.toBe('Paused');
    expect(aborted.next).toMatch(/argo_update_rollout_image/);
    expect(aborted.conditions).toContainEqual(expect.objectContaining({ reason: 'RolloutAborted' }));
    expect(retried).toMatchObject({ aborted: false });
    expect(retried.phase).not.toBe('Degraded');
  });

  test('its history tells revisions, events and who wrote, newest first', async () => {
    await stage.until(name, 'paused again', ({ phase }) => phase === 'Paused');

    const past = await stage.about('argo_get_rollout_history', name, { limit: 100 });

    expect(past.revisions.map(({ revision, role, images }) => [revision, role, images.app])).toEqual([
      [2, 'new', 'shop:v2'],
      [1, 'stable', 'shop:v1'],
    ]);
    expect(past.events.map(({ reason }) => reason)).toEqual(
      expect.arrayContaining(['RolloutAborted', 'RolloutPaused', 'NewReplicaSetCreated']),
    );
    expect(past.events.every(({ who, at }) => who === 'rollouts-controller' && at)).toBe(true);
    expect(past.events.map(({ at }) => at)).toEqual(
      past.events
        .map(({ at }) => at)
        .toSorted()
        .toReversed(),
    );
    expect(past.writes.find(({ who }) => who === 'sluice')).toMatchObject({ what: 'object' });
    expect(await stage.about('argo_get_rollout_history', name, { limit: 1 })).toMatchObject({
      revisions: [{ revision: 2 }],
      left_out: expect.any(Number),
    });
  });

  test('the question before a deletion tells both versions and the route; the answer tells that it is gone', async () => {
    const asked = await failureOf(stage.about('argo_delete_rollout', name));
    expect(asked).toMatchObject({ code: 'CONFIRMATION_REQUIRED', details: { confirm: `${stage.namespace}/${name}` } });
    expect(asked.message).toMatch(/of shop:v2; 2 of shop:v1/);
    expect(asked.message).toContain(`TraefikService ${stage.namespace}/${name} still sends traffic`);

    const gone = await stage.about('argo_delete_rollout', name, { confirm: `${stage.namespace}/${name}` });

    expect(gone).toMatchObject({ changed: true, effective: 'proved', before: { name } });
    expect(gone.next).toMatch(/traefik_delete_route/);
    expect(await codeOf(stage.status(name))).toBe('ROLLOUT_NOT_FOUND');
    expect(await there(TRAEFIK_SERVICE, name)).toBe(true);
  });
});

describe('blue-green, rolling and a workload elsewhere', () => {
  test('blue-green waits for a promotion; both Services are made', async () => {
    const made = await stage.about('argo_create_rollout', 'obj-bg', {
      image: 'shop:v1',
      strategy: 'blue-green',
      replicas: 1,
    });
    await stage.until('obj-bg', 'Healthy', ({ phase }) => phase === 'Healthy');
    await stage.setImage('obj-bg', 'shop:v2');
    const status = await stage.until('obj-bg', 'paused', ({ phase }) => phase === 'Paused');

    expect(made).toMatchObject({
      effective: 'proved',
      created: [
        expect.stringContaining('obj-bg-active'),
        expect.stringContaining('obj-bg-preview'),
        expect.stringContaining('Rollout'),
      ],
    });
    expect(status).toMatchObject({ strategy: 'blue-green', paused_by: ['BlueGreenPause'], plan: [] });
    expect(status.services.map(({ role, version }) => [role, version])).toEqual([
      ['active', 'stable'],
      ['preview', 'new'],
    ]);
    expect(await stage.plugin('obj-bg')).toEqual({ phase: status.phase, message: status.message });
  });

  test('a rolling one splits no traffic, and pauses by pods', async () => {
    const made = await stage.about('argo_create_rollout', 'obj-roll', {
      image: 'shop:v1',
      strategy: 'rolling',
      weights: [50],
    });
    await stage.until('obj-roll', 'Healthy', ({ phase }) => phase === 'Healthy');
    await stage.setImage('obj-roll', 'shop:v2');
    const status = await stage.until('obj-roll', 'paused', ({ phase }) => phase === 'Paused');

    expect(made).toMatchObject({ effective: 'proved', created: [`Rollout ${stage.namespace}/obj-roll`], found: [] });
    expect(status).toMatchObject({ strategy: 'rolling', services: [], replicas: { desired: 2, updated: 1 } });
    expect(status).not.toHaveProperty('route');
  });

  test('a workload elsewhere gives labels and images, also after it changed', async () => {
    const deployment = (image: string) => ({
      spec: {
        replicas: 0,
        selector: { matchLabels: { part: 'obj-web' } },
        template: {
          metadata: { labels: { part: 'obj-web' } },
          spec: { containers: [{ name: 'web', image, ports: [{ containerPort: 8080 }] }] },
        },
      },
    });
    await stage.apply(DEPLOYMENT, 'obj-web', deployment('shop:v1'));

    const made = await stage.about('argo_create_rollout', 'obj-ref', {
      workload_ref: 'obj-web',
      strategy: 'blue-green',
      replicas: 1,
    });
    await stage.until('obj-ref', 'Healthy', ({ phase }) => phase === 'Healthy');
    await stage.apply(DEPLOYMENT, 'obj-web', deployment('shop:v2'));
    const status = await stage.until('obj-ref', 'paused with the new image', ({ phase }) => phase === 'Paused');

    expect(made).toMatchObject({ effective: 'proved', after: { images: { web: 'shop:v1' } } });
    expect(status).toMatchObject({
      workload: 'Deployment obj-web',
      images: { web: 'shop:v2' },
      replicas: { ready: expect.any(Number) },
    });
    expect(
      await codeOf(
        stage.about('argo_create_rollout', 'obj-ref2', { workload_ref: 'obj-none', strategy: 'blue-green' }),
      ),
    ).toBe('WORKLOAD_NOT_FOUND');
  });
});

describe('what cannot be as asked', () => {
  test('of two that make the same name at once one wins, and its image stands', async () => {
    const images = ['shop:v1', 'shop:v2', 'shop:v3'];
    const answers = await Promise.all(
      images.map((image) =>
        codeOf(stage.about('argo_create_rollout', 'obj-race', { image, strategy: 'rolling', replicas: 0 })),
      ),
    );

    expect(answers.toSorted()).toEqual(['ALREADY_EXISTS', 'ALREADY_EXISTS', 'no error']);
    expect((await specOf('obj-race')).template.spec.containers[0]?.image).toBe(images[answers.indexOf('no error')]);
    expect((await stage.get(ROLLOUT, 'obj-race')).metadata.generation).toBeLessThan(3);
  });

  test("what Argo does not accept is pending, with Argo's own words", async () => {
    await stage.about('argo_set_analysis_template', 'obj-open', {
      metrics: [
        {
          name: 'one',
          query: 'vector({{args.n}})',
          success_condition: 'result[0] >= 1',
          failure_condition: 'result[0] < 1',
        },
      ],
      args: [{ name: 'n' }],
    });

    const answer = await stage.about('argo_create_rollout', 'obj-bad', {
      image: 'shop:v1',
      strategy: 'blue-green',
      replicas: 1,
      analysis_templates: ['obj-open'],
    });

    expect(answer).toMatchObject({
      changed: true,
      effective: 'pending',
      reason: expect.stringContaining('args.n was not resolved'),
      after: { phase: 'Degraded' },
    });
    expect(await stage.status('obj-bad')).toMatchObject({
      next: expect.stringContaining('correct it'),
      replicas: { total: 0 },
    });
  });

  test('a Service of somebody else is not taken, and nothing is made beside it', async () => {
    await stage.apply(SERVICE, 'obj-taken-preview', { spec: { selector: { app: 'other' }, ports: [{ port: 8080 }] } });

    const answer = await stage.about('argo_create_rollout', 'obj-taken', { image: 'shop:v1', strategy: 'blue-green' });

    expect(answer).toMatchObject({
      changed: false,
      effective: 'refused',
      reason: expect.stringContaining('app=other'),
    });
    expect(await there(SERVICE, 'obj-taken-active')).toBe(false);
    expect(await there(ROLLOUT, 'obj-taken')).toBe(false);
    expect(
      await codeOf(
        stage.call('argo_create_rollout', { namespace: 'obj-nowhere', name: 'x', image: 'a', strategy: 'rolling' }),
      ),
    ).toBe('NAMESPACE_NOT_FOUND');
    expect(
      await codeOf(
        stage.about('argo_create_rollout', 'obj-taken', {
          image: 'shop:v1',
          strategy: 'rolling',
          analysis_templates: ['obj-nothing'],
        }),
      ),
    ).toBe('ANALYSIS_TEMPLATE_NOT_FOUND');
  });

  test('an owned one is not deleted; one with a finalizer is told as pending', async () => {
    await stage.about('argo_create_rollout', 'obj-held', { image: 'shop:v1', strategy: 'rolling', replicas: 0 });
    const ref = stage.ref(ROLLOUT, 'obj-held');
    const metadata = (body: object) => stage.client.mergePatch(ref, { metadata: body });
    const confirm = `${stage.namespace}/obj-held`;

    await metadata({
      annotations: { [OWNER_ANNOTATION]: JSON.stringify({ release_id: 'release/dev/obj/held', run_id: 'r' }) },
    });
    expect(await codeOf(stage.about('argo_delete_rollout', 'obj-held', { confirm }))).toBe('OWNED_BY_OTHER');
    await metadata({ annotations: { [OWNER_ANNOTATION]: null }, finalizers: ['example.com/wait'] });
    const both = await Promise.all([1, 2].map(() => stage.about('argo_delete_rollout', 'obj-held', { confirm })));
    const status = await stage.status('obj-held');
    await metadata({ finalizers: null });

    for (const answer of both)
      expect(answer).toMatchObject({ effective: 'pending', reason: expect.stringContaining('example.com/wait') });
    expect(both.filter(({ changed }) => changed)).toHaveLength(1);
    expect(status.next).toContain('example.com/wait');
    await eventually('it is gone', async () => ((await there(ROLLOUT, 'obj-held')) ? undefined : true));
  });

  test('a list is narrowed, filtered and cut, and says so', async () => {
    const all = await stage.call('argo_list_rollouts', { namespace: stage.namespace });
    const cut = await stage.call('argo_list_rollouts', { limit: 1 }, { SLUICE_ALLOWED_NAMESPACES: stage.namespace });
    const paused = await stage.call('argo_list_rollouts', { namespace: stage.namespace, phase: 'Paused', fresh: true });

    expect(all.rollouts.map(({ name }) => name)).toEqual(expect.arrayContaining(['obj-bg', 'obj-ref', 'obj-roll']));
    expect(all).toMatchObject({ source: 'live', age_ms: 0, resource_version: expect.stringMatching(/^\d+$/) });
    expect(cut).toMatchObject({ total: all.total, rollouts: [{ namespace: stage.namespace }] });
    expect(paused.rollouts.every(({ phase }) => phase === 'Paused')).toBe(true);
    expect(paused.total).toBeGreaterThan(0);
    expect(
      await codeOf(
        stage.call('argo_list_rollouts', { namespace: 'shop' }, { SLUICE_ALLOWED_NAMESPACES: stage.namespace }),
      ),
    ).toBe('NAMESPACE_NOT_ALLOWED');
  });
});

import { expect, test } from '@jest/globals';
import { codeOf, failureOf } from '../../support/argo-objects-stage.ts';
import { rendered } from '../../support/fake-helm.ts';
import {
  change,
  CHART,
  deployment,
  freshHelm,
  helm,
  image,
  plan,
  stage,
  WEB,
  write,
  writes,
} from '../../support/helm-changes.ts';

const HOOK = 'apiVersion: v1\nkind: Pod\nmetadata: {name: try}\n';

freshHelm();

test('a chart is installed, upgraded, rolled back and uninstalled, each by its plan, and each is read back', async () => {
  expect(await change('install', CHART)).toMatchObject({
    changed: true,
    effective: 'proved',
    revision: 1,
    status: 'deployed',
  });
  helm.configs.set('web 1', {});
  const values = { ...CHART, values: 'tag: v2' };
  expect(await plan('upgrade', values)).toMatchObject({
    from: { revision: 1, chart: 'web-1.2.0', status: 'deployed' },
    to: { revision: 2 },
    values: [{ path: 'tag', to: 'v2' }],
    objects: [
      {
        object: 'Deployment shop/web',
        what: 'change',
        changes: [{ path: 'spec.template.spec.containers[app].image', from: 'shop:v1', to: 'shop:v2' }],
        drift: [],
      },
    ],
    unchanged: 1,
    needs_reason: false,
  });
  expect(await change('upgrade', values)).toMatchObject({ effective: 'proved', revision: 2 });
  expect(image()).toBe('shop:v2');
  expect(await change('rollback', {})).toMatchObject({ effective: 'proved', revision: 3 });
  expect(image()).toBe('shop:v1');
  expect(await plan('uninstall', {})).toMatchObject({ objects: [{ what: 'delete' }, { what: 'delete' }] });
  expect(await change('uninstall', {}, { confirm: 'shop/web' })).toMatchObject({ changed: true, effective: 'proved' });
  expect(await codeOf(stage.call('helm_status', WEB))).toBe('HELM_RELEASE_NOT_FOUND');
});

test('a second rollback goes further back, and not to the version that the first one left', async () => {
  await change('install', { ...CHART, values: 'tag: v1' });
  await change('upgrade', { ...CHART, values: 'tag: v2' });
  await change('upgrade', { ...CHART, values: 'tag: v3' });

  await change('rollback', {});
  expect(image()).toBe('shop:v2');

  expect(JSON.stringify(await plan('rollback', {}))).toContain('Helm calls revision 1 ');
  await change('rollback', {});
  expect(image()).toBe('shop:v1');
});

test('a plan writes nothing, and a write without its digest or after a change of the chart, the release or an object is refused', async () => {
  helm.put({ version: 1 });
  const values = { ...CHART, values: 'tag: v2' };
  const { digest } = await plan('upgrade', values);
  expect(writes()).toEqual([]);
  const refused = (input: object) => codeOf(write('upgrade', input, digest));

  expect(await codeOf(write('upgrade', values, '0123456789abcdef'))).toBe('PLAN_CHANGED');
  expect(await refused({ ...values, values: 'tag: v3' })).toBe('PLAN_CHANGED');
  helm.render = (name, given) => rendered(name, given).replace('shop:', 'other:');
  expect(await refused(values)).toBe('PLAN_CHANGED');
  helm.render = rendered;
  stage.cluster.update(deployment, ({ spec }) => void (spec['replicas'] = 5));
  expect(await refused(values)).toBe('PLAN_CHANGED');
  stage.cluster.update(deployment, ({ spec }) => void (spec['replicas'] = 1));
  helm.put({ version: 2 });
  expect(await refused(values)).toBe('PLAN_CHANGED');
  expect(writes()).toEqual([]);
});

test('what a controller writes beside the fields of the chart does not make a plan void', async () => {
  helm.put({ version: 1 });
  const values = { ...CHART, values: 'tag: v2' };
  const { digest } = await plan('upgrade', values);
  stage.cluster.update(deployment, (object) => {
    object.metadata.annotations = { ...object.metadata.annotations, 'deployment.kubernetes.io/revision': '7' };
    object.status['readyReplicas'] = 1;
  });
  expect(await write('upgrade', values, digest)).toMatchObject({ effective: 'proved', revision: 2 });
});

test('drift is shown with what Helm wrote, and says that Helm refuses to overwrite it', async () => {
  helm.put({ version: 1 });
  stage.cluster.update(deployment, ({ spec }) => void (spec['replicas'] = 5));
  const { objects } = await plan('upgrade', CHART);
  expect(objects).toMatchObject([
    {
      what: 'change',
      changes: [{ path: 'spec.replicas', from: '5', to: '1' }],
      drift: [{ path: 'spec.replicas', from: '1', to: '5' }],
      warnings: [expect.stringContaining('take_over')],
    },
  ]);
  const { objects: taken } = await plan('upgrade', { ...CHART, take_over: true });
  expect(taken).toMatchObject([{ warnings: [] }]);
});

test.each([
  ['3.22.0', false],
  ['4.3', true],
])('with drift version %s is run: %s, because version 3 would overwrite it', async (version, isRun) => {
  helm.version = version;
  stage.helm = helm.port();
  helm.put({ version: 1 });
  stage.cluster.update(deployment, ({ spec }) => void (spec['replicas'] = 5));
  const { digest } = await plan('upgrade', CHART);

  const answer = await write('upgrade', CHART, digest);

  expect(writes()).toHaveLength(isRun ? 1 : 0);
  if (!isRun)
    expect(answer).toMatchObject({
      changed: false,
      effective: 'refused',
      reason: expect.stringContaining('conflict: somebody else has written spec.replicas of Deployment web'),
    });
});

test('a field and an object that the chart has no longer are shown as removed', async () => {
  helm.put({ version: 1 });
  helm.render = (name) => (rendered(name).split('---\n')[2] ?? '').replace(/ {2}replicas: 1\n/, '');
  const { objects } = await plan('upgrade', CHART);
  expect(objects).toMatchObject([
    { object: 'Deployment shop/web', changes: [{ path: 'spec.replicas', from: '1' }] },
    { object: 'Secret shop/web', what: 'delete' },
  ]);
});

test('values that a chart makes at random are named, and do not make a plan void', async () => {
  let count = 0;
  helm.render = (name) => rendered(name).replace('hunter2', `random-${(count += 1)}`);
  const seen = await plan('install', CHART);
  expect(seen['warnings']).toEqual([expect.stringContaining('Secret web: stringData.url')]);
  expect(await write('install', CHART, seen['digest'])).toMatchObject({ effective: 'proved' });
});

test('hooks and CRDs are marked, and secrets are masked in values and objects', async () => {
  helm.hooks = [
    { name: 'migrate', kind: 'Job', events: ['pre-upgrade'], manifest: HOOK },
    { name: 'try', kind: 'Pod', events: ['test'], manifest: HOOK },
  ];
  helm.crds = 'kind: CustomResourceDefinition\nmetadata: {name: things.example.com}\n';
  helm.put({ version: 1 });
  helm.render = (name) => rendered(name).replace('hunter2', 'hunter3');
  const seen = await plan('upgrade', { ...CHART, values: 'password: hunter3' });

  expect(seen).toMatchObject({ hooks: ['Job migrate (pre-upgrade)'], crds: ['things.example.com'] });
  expect(JSON.stringify(seen)).toContain('stringData.url');
  expect(JSON.stringify(seen)).not.toMatch(/hunter[23]/);
});

test('a failure of Helm is read back: what was written, what state it left, and why pods are not ready', async () => {
  helm.put({ version: 1 });
  helm.failure = 'cannot reach the registry';
  const values = { ...CHART, values: 'tag: v2' };
  expect(await change('upgrade', values)).toMatchObject({
    changed: false,
    effective: 'refused',
    reason: expect.stringMatching(/cannot reach the registry\. Nothing was changed\.$/),
  });

  helm.leaves = 'failed';
  stage.cluster.update(deployment, ({ status }) => void (status['availableReplicas'] = 0));
  const failed = await change('upgrade', values);
  expect(failed).toMatchObject({
    changed: true,
    effective: 'refused',
    revision: 2,
    status: 'failed',
    next: expect.stringContaining('rollback'),
  });
  expect(failed['reason']).toContain('Revision 2 is failed. Deployment shop/web: 0 of 1 pod are available.');
});

test('after a cancelled call the state that is left is named, and how to free the release', async () => {
  helm.put({ version: 1 });
  helm.stopped = true;
  helm.leaves = 'pending-upgrade';
  expect(await change('upgrade', { ...CHART, values: 'tag: v2' })).toMatchObject({
    changed: true,
    effective: 'refused',
    reason: expect.stringMatching(/the call was cancelled\. Revision 2 is pending-upgrade\./),
    status: 'pending-upgrade',
    next: expect.stringContaining('helm_unlock'),
  });
});

test('what is not ready is pending with the reason', async () => {
  helm.put({ version: 1 });
  helm.ready = false;
  expect(await change('upgrade', { ...CHART, values: 'tag: v2' })).toMatchObject({
    changed: true,
    effective: 'pending',
    status: 'deployed',
    problems: [{ object: 'Deployment shop/web', state: 'progressing' }],
    next: expect.stringContaining('helm_status'),
  });
});

test('a release that is stuck is named, refused, freed by plan and digest, and then upgraded', async () => {
  helm.put({ version: 1 });
  helm.put({ version: 2 }, 'pending-upgrade');
  const held = await failureOf(plan('upgrade', CHART));
  expect([held.code, held.message, held.next]).toEqual([
    'HELM_RELEASE_HELD',
    expect.stringContaining('Revision 2 of the release shop/web is pending-upgrade'),
    expect.stringContaining('helm_unlock'),
  ]);
  expect(await codeOf(plan('rollback', {}))).toBe('HELM_RELEASE_HELD');

  const { digest, warnings } = await plan('unlock', {});
  expect(warnings).toEqual([expect.stringMatching(/Revision 2 is pending-upgrade for \d+ s/)]);
  expect(await codeOf(write('unlock', {}, digest))).toBe('CONFIRMATION_REQUIRED');
  expect(await write('unlock', { confirm: 'shop/web' }, digest)).toMatchObject({
    effective: 'proved',
    revision: 2,
    status: 'failed',
  });
  expect(await codeOf(plan('unlock', {}))).toBe('NOT_APPLICABLE');
  expect(await change('upgrade', { ...CHART, values: 'tag: v2' })).toMatchObject({ effective: 'proved', revision: 3 });
});

test('a release that its operation has ended meanwhile is not freed', async () => {
  helm.put({ version: 2 }, 'pending-upgrade');
  const { digest } = await plan('unlock', {});
  helm.put({ version: 2 });
  expect(await codeOf(write('unlock', { confirm: 'shop/web' }, digest))).toBe('NOT_APPLICABLE');
});

test('what a running release of Sluice owns is refused by its name, also for objects that it only uses', async () => {
  helm.put({ version: 1 });
  stage.cluster.update(deployment, (object) => {
    object.metadata.annotations = {
      'sluice.dev/owner': JSON.stringify({ release_id: 'release/prod/shop/web', run_id: 'r' }),
    };
  });
  for (const [action, input] of [
    ['upgrade', CHART],
    ['uninstall', {}],
  ] as const)
    expect(await failureOf(plan(action, input))).toMatchObject({
      code: 'OWNED_BY_OTHER',
      details: { release_id: 'release/prod/shop/web' },
    });
});

test('what Flux manages needs a reason, and the HelmRelease is named', async () => {
  helm.put({ version: 1 });
  stage.cluster.update(deployment, (object) => {
    object.metadata.labels = {
      ...object.metadata.labels,
      'helm.toolkit.fluxcd.io/name': 'web',
      'helm.toolkit.fluxcd.io/namespace': 'flux-system',
    };
  });
  const values = { ...CHART, values: 'tag: v2' };
  const seen = await plan('upgrade', values);
  expect(seen).toMatchObject({
    needs_reason: true,
    managed_by: [{ tool: 'Flux', what: 'HelmRelease flux-system/web' }],
  });
  expect(await codeOf(write('upgrade', values, seen['digest']))).toBe('REASON_REQUIRED');
  expect(await write('upgrade', { ...values, reason: 'an incident' }, seen['digest'])).toMatchObject({
    effective: 'proved',
  });
});

test('objects of others are not taken over by an installation', async () => {
  stage.add('deployments', 'shop', 'web');
  expect(await codeOf(plan('install', CHART))).toBe('ALREADY_EXISTS');
  helm.put({ name: 'api', version: 1, manifest: rendered('web') });
  expect(await codeOf(plan('install', CHART))).toBe('OWNED_BY_OTHER');
});

test.each([
  ['install of what exists', 'install', CHART, 'ALREADY_EXISTS'],
  ['rollback without a good revision', 'rollback', {}, 'NOT_APPLICABLE'],
  ['rollback to what is not kept', 'rollback', { revision: 9 }, 'HELM_RELEASE_NOT_FOUND'],
  ['test without tests', 'test', {}, 'NOT_APPLICABLE'],
  ['unlock of what is free', 'unlock', {}, 'NOT_APPLICABLE'],
  ['a field of another action', 'uninstall', CHART, 'INVALID_INPUT'],
  ['an action that does not exist', 'upgarde', CHART, 'UNKNOWN_NAME'],
  ['a chart that is a flag', 'upgrade', { chart: '--debug' }, 'INVALID_INPUT'],
  ['a namespace that does not exist', 'upgrade', { ...CHART, namespace: 'none' }, 'NAMESPACE_NOT_FOUND'],
])('%s is refused by the plan', async (_, action, input, code) => {
  helm.put({ version: 1 });
  expect(await codeOf(plan(action, input))).toBe(code);
});

test('a missing right is named before anything is tried', async () => {
  helm.put({ version: 1 });
  stage.cluster.forbidden = 'update secrets';
  expect(await failureOf(plan('upgrade', CHART))).toMatchObject({
    code: 'FORBIDDEN',
    details: { verb: 'update', resource: 'secrets', namespace: 'shop' },
  });
});

test('a hook or an object in a namespace that is not allowed is refused, and so are CRDs with an allow list', async () => {
  helm.put({ version: 1 });
  stage.allowedNamespaces = ['shop'];
  helm.hooks = [
    { name: 'try', kind: 'Pod', events: ['pre-upgrade'], manifest: HOOK.replace('try', 'try, namespace: other') },
  ];
  expect(await codeOf(plan('upgrade', CHART))).toBe('NAMESPACE_NOT_ALLOWED');
  helm.hooks = [];
  helm.render = (name) => rendered(name).replaceAll('metadata: {name: web}', 'metadata: {name: web, namespace: other}');
  expect(await codeOf(plan('upgrade', CHART))).toBe('NAMESPACE_NOT_ALLOWED');
  helm.render = rendered;
  expect(await codeOf(plan('upgrade', CHART))).toBe('no error');
});

test('a plan of many objects comes page by page, all pages with one digest, and a moved one is refused', async () => {
  const names = Array.from({ length: 120 }, (_, index) => `part-${index}`);
  helm.render = (_, { tag = 'v1' }) =>
    names
      .map((name) => `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {tag: ${String(tag)}}\n`)
      .join('');
  helm.put({ version: 1 });
  const values = { ...CHART, values: 'tag: v2' };
  const first = await plan('upgrade', values);
  const seen: string[] = [];
  let page = first;
  for (;;) {
    expect([JSON.stringify(page).length < 8192, page['digest']]).toEqual([true, first['digest']]);
    seen.push(...(page['objects'] as { object: string }[]).map(({ object }) => object));
    if (page['cursor'] === undefined) break;
    page = await plan('upgrade', { ...values, cursor: page['cursor'] });
  }
  expect(new Set(seen).size).toBe(120);
  helm.put({ version: 2 });
  expect(await codeOf(plan('upgrade', { ...values, cursor: first['cursor'] }))).toBe('INVALID_INPUT');
});

test('the tests of a release run, and their output is given', async () => {
  helm.hooks = [{ name: 'try', kind: 'Pod', events: ['test'], manifest: HOOK }];
  helm.put({ version: 1 });
  const { digest, hooks } = await plan('test', {});
  expect(hooks).toEqual(['Pod try (test)']);
  expect(await stage.call('helm_test', { ...WEB, digest })).toMatchObject({
    effective: 'proved',
    output: expect.stringContaining('Phase: Succeeded'),
  });

  helm.tested = 'Failed';
  expect(await stage.call('helm_test', { ...WEB, digest })).toMatchObject({
    effective: 'refused',
    reason: 'tests have failed: try; the output says why',
  });
  helm.put({ version: 1 });
  helm.tested = undefined;
  expect(await stage.call('helm_test', { ...WEB, digest })).toMatchObject({
    effective: 'refused',
    reason: expect.stringContaining('could not run the tests'),
    output: expect.stringContaining('forbidden'),
  });
});

test.each([
  ['4.3', true],
  ['3.19.0', false],
])('take_over is an argument of version %s: %s', async (version, isArgument) => {
  helm.version = version;
  stage.helm = helm.port();
  helm.put({ version: 1 });
  await change('upgrade', { ...CHART, values: 'tag: v2', take_over: true });
  expect(writes()[0]?.includes('--force-conflicts')).toBe(isArgument);
});

const KEPT = 'metadata: {name: web, annotations: {helm.sh/resource-policy: keep}}';

test('a refused uninstall says whether it has changed anything', async () => {
  helm.put({ version: 1 });
  helm.put({ version: 2 }, 'failed');
  helm.failure = 'the API server is not reachable';
  expect(await change('uninstall', {}, { confirm: 'shop/web' })).toMatchObject({
    changed: false,
    effective: 'refused',
    reason: expect.stringMatching(/not reachable\. The release is failed; 2 of its objects are still there/),
  });
  stage.cluster.delete(deployment);
  expect(await change('uninstall', {}, { confirm: 'shop/web' })).toMatchObject({ changed: false });
  helm.leaves = 'uninstalling';
  expect(await change('uninstall', {}, { confirm: 'shop/web' })).toMatchObject({ changed: true });
});

test('an uninstall that keeps the history says so, and does not say that the release is gone', async () => {
  helm.put({ version: 1 });
  const done = await change('uninstall', { keep_history: true }, { confirm: 'shop/web' });
  expect(done).toMatchObject({
    changed: true,
    effective: 'proved',
    reason: 'the release shop/web is uninstalled, and its history is kept; its objects do not exist any more',
    status: 'uninstalled',
  });
  expect(await stage.call('helm_status', WEB)).toMatchObject({ status: 'uninstalled' });
});

test('an uninstall names the objects that Helm keeps, and those whose kind is not served', async () => {
  helm.render = (name) =>
    `${rendered(name).replace('metadata: {name: web}', KEPT)}---\napiVersion: other.dev/v1\nkind: Thing\nmetadata: {name: one}\n`;
  helm.put({ version: 1 });
  const { reason, effective } = await change('uninstall', {}, { confirm: 'shop/web' });
  expect([effective, reason]).toEqual([
    'proved',
    'the release shop/web does not exist any more; Helm has kept 1 object because of its resource policy: Secret shop/web; the cluster does not serve the kind of 1 object: Thing one; its other objects do not exist any more',
  ]);
});

test('Helm keeps what its manifest says, not what somebody has written onto the object', async () => {
  helm.put({ version: 1 });
  stage.cluster.update(deployment, ({ metadata }) => {
    metadata.annotations = { ...metadata.annotations, 'helm.sh/resource-policy': 'keep' };
  });
  expect(await plan('uninstall', {})).toMatchObject({ objects: [{ what: 'delete' }, { what: 'delete' }] });
  helm.render = (name) => rendered(name).split('---\n')[1] ?? '';
  expect(await plan('upgrade', CHART)).toMatchObject({
    objects: [{ object: 'Deployment shop/web', what: 'keep' }],
  });
});

test('the question before a deletion counts one object as one', async () => {
  helm.render = (name) => rendered(name).split('---\n')[1] ?? '';
  helm.put({ version: 1 });
  const { digest } = await plan('uninstall', {});
  expect(await failureOf(write('uninstall', {}, digest))).toMatchObject({
    code: 'CONFIRMATION_REQUIRED',
    message: expect.stringContaining('It deletes 1 object.'),
  });
});

test('values are never flags, and never remain in a file', async () => {
  await change('install', { ...CHART, values: 'a: "--set x=1"' });
  const [run = []] = writes();
  expect(run).toEqual([
    'install',
    expect.stringContaining('--namespace=shop'),
    '--output=json',
    '--timeout=300s',
    '--values',
    expect.stringMatching(/values\.json$/),
    '--',
    'web',
    expect.stringMatching(/charts\/web$/),
  ]);
});

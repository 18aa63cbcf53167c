import { describe, expect, test } from '@jest/globals';
import type { Facts, RolloutFacts } from '../../../src/domain/release/preflight-facts.ts';
import type { Revision } from '../../../src/domain/rollout.ts';
import { releaseSpec, type SpecChanges } from '../../support/builders.ts';
import { blueGreenFacts, canaryFacts, checksOf } from '../../support/builders-preflight.ts';

/** Aborted in the middle of an update from shop:v1 to shop:v2. */
const ABORTED: Partial<RolloutFacts> = {
  phase: 'Degraded',
  aborted: true,
  podHash: 'bad',
  images: { app: 'shop:v2' },
};
const revision = (podHash: string, image: string, templateDigest = 'same'): Revision => ({
  revision: 1,
  podHash,
  images: { app: image },
  templateDigest,
  createdAt: '2026-11-01T10:00:00Z',
  replicas: { desired: 0, ready: 0 },
  replicaSet: `shop-${podHash}`,
  scaleDownDue: false,
});
const REVISIONS = [revision('old', 'shop:v1'), revision('bad', 'shop:v2')];

const failing = (facts: Facts, spec: SpecChanges = {}) =>
  checksOf(releaseSpec(spec), facts).checks.filter((check) => !check.ok);

test('an init container is released only if the release names it', () => {
  const facts = canaryFacts();
  const withInit = { ...facts, rollout: { ...facts.rollout, initImages: { migrate: 'migrate:v4' } } };
  const imageOf = (spec: SpecChanges) =>
    checksOf(releaseSpec(spec), withInit).checks.find(({ name }) => name === 'image')?.detail;

  expect(imageOf({ image: 'shop:v2' })).toBe('app: shop:v1 → shop:v2');
  expect(imageOf({ image: 'migrate:v5', container: 'migrate' })).toBe('migrate: migrate:v4 → migrate:v5');
  expect(imageOf({ image: 'migrate:v4', container: 'migrate' })).toBe('migrate already runs migrate:v4');
  expect(imageOf({ image: 'a:1', container: 'web' })).toBe(
    'there is no container web; the containers are: app, migrate',
  );
});

test('Traefik is said to serve the TraefikService only where that was seen', () => {
  const { traffic: _, ...untold } = canaryFacts();
  const other = { name: 'shop', weights: [{ service: 'other', weight: 100, metricsService: 'o' }] };
  const names = (facts: Facts) => checksOf(releaseSpec(), facts).checks.map(({ name }) => name);

  expect(names(canaryFacts())).toContain('traefik');
  expect(names({ ...untold, trafficProblem: 'no TraefikService shop/shop' })).not.toContain('traefik');
  expect(names({ ...canaryFacts(), traffic: other })).not.toContain('traefik');
});

test('rules of other namespaces: one that no Traefik serves is refused if it is the only one', () => {
  const served = { place: 'IngressRoute edge/web rule 1', unserved: [] };
  const unserved = { ...served, unserved: ['traefik-1'] };
  const found = (rules: NonNullable<Facts['rules']>) =>
    checksOf(releaseSpec(), { ...canaryFacts(), rules }).checks.find(({ name }) => name.startsWith('routes of'));

  expect(found({ within: 1, crossing: [] })).toBeUndefined();
  expect(found({ within: 0, crossing: [served] })).toMatchObject({ ok: true });
  expect(found({ within: 0, crossing: [served] })).not.toHaveProperty('next');
  const next = expect.stringContaining('allowCrossNamespace: true');
  expect(found({ within: 0, crossing: [unserved] })).toMatchObject({ ok: false, next });
  expect(found({ within: 1, crossing: [unserved] })).toMatchObject({ ok: true, next });
  expect(found({ within: 0, crossing: [{ ...served, unknown: true }] })).toMatchObject({
    ok: true,
    detail: expect.stringContaining('it is not known'),
  });
});

test('a Service of another namespace with the name of the own one is refused', () => {
  const place = { namespace: 'shop', route: 'shop', index: 1, service: 'shop-canary', port: 80 };
  const weights = (canaryFacts().traffic?.weights ?? []).map((one) =>
    one.service === 'shop-canary' ? { ...one, place: { ...place, serviceNamespace: 'edge' } } : one,
  );

  expect(failing({ ...canaryFacts(), traffic: { name: 'shop', weights } })).toMatchObject([
    { name: 'traffic', next: 'Remove spec.weighted.services[1].namespace of TraefikService shop.' },
  ]);
});

test('the plan names the Deployment that it would change', () => {
  const facts = canaryFacts();
  const workload = { kind: 'Deployment', name: 'web', replicas: 0 };
  const image = checksOf(releaseSpec({ image: 'shop:v2' }), {
    ...facts,
    rollout: { ...facts.rollout, workload },
  }).checks;
  expect(image.find(({ name }) => name === 'image')).toMatchObject({
    ok: true,
    detail: 'app in Deployment web: shop:v1 → shop:v2',
  });
});

test('a cookie that keeps clients at one version is a warning, and no failure', () => {
  const facts = canaryFacts();
  const traffic = { name: 'shop', weights: facts.traffic?.weights ?? [], sticky: true };
  const sticky = (found: Facts) =>
    checksOf(releaseSpec({}), found).checks.filter(({ name }) => name === 'sticky cookie');

  expect(sticky({ ...facts, traffic })).toMatchObject([
    { ok: true, next: expect.stringContaining('Remove spec.weighted.sticky of TraefikService shop') },
  ]);
  expect(sticky(facts)).toEqual([]);
});

test('a tool that manages the Rollout is named, unless the release changes its source', () => {
  const manager = { tool: 'Helm', what: 'release shop/web', willDo: 'It overwrites.', reverts: false } as const;
  const facts = canaryFacts({ managers: [manager] });
  const named = (spec: SpecChanges) =>
    checksOf(releaseSpec(spec), facts).checks.filter(({ name }) => name === 'manager');

  expect(named({})).toMatchObject([
    { ok: true, detail: 'Helm manages the Rollout, as release shop/web. It overwrites.' },
  ]);
  expect(named({ flux: { kustomization: 'apps', file: 'web.yaml' } })).toEqual([]);
});

describe('when all holds', () => {
  test.each([
    ['dynamicStableScale alone', { dynamicStable: true, keepsAborted: [] }],
    ['minPodsPerReplicaSet alone', { dynamicStable: false, keepsAborted: ['minPodsPerReplicaSet'] }],
  ])('a canary with %s can be taken back', (_, scaling) => {
    expect(failing(canaryFacts({ scaling }))).toEqual([]);
  });

  test('a preview with as many pods as the active version may be released', () => {
    const facts = blueGreenFacts({ scaling: { dynamicStable: false, keepsAborted: [], previewReplicas: 2 } });
    expect(failing(facts, { strategy: 'blue-green' })).toEqual([]);
  });

  test('a third Service without weight is no obstacle', () => {
    expect(failing(withThird(0))).toEqual([]);
  });

  test('a canary is planned from its own steps', () => {
    expect(checksOf(releaseSpec(), canaryFacts()).plan).toEqual({
      container: 'app',
      fromImage: 'shop:v1',
      toImage: 'shop:v2',
      stableHash: 'old',
      steps: [{ weight: 25, pauseIndex: 1 }],
      stable: { service: 'shop-stable', metricsService: 'shop-shop-stable-80@kubernetescrd' },
      candidate: { service: 'shop-canary', metricsService: 'shop-shop-canary-80@kubernetescrd' },
      traefikService: 'shop',
      settleMs: 32_000,
    });
  });

  test('a blue-green release is planned from its own weights, or the default ones', () => {
    const weights = (spec: SpecChanges) =>
      checksOf(releaseSpec({ strategy: 'blue-green', ...spec }), blueGreenFacts()).plan?.steps.map(
        (step) => step.weight,
      );
    expect(weights({})).toEqual([5, 10, 25, 50, 100]);
    expect(weights({ steps: [30, 100] })).toEqual([30, 100]);
  });

  test('one of several containers is taken when it is named', () => {
    const facts = canaryFacts({ images: { app: 'shop:v1', proxy: 'envoy:1' } });
    expect(checksOf(releaseSpec({ container: 'proxy', image: 'envoy:2' }), facts).plan).toMatchObject({
      container: 'proxy',
      fromImage: 'envoy:1',
    });
  });

  test.each([
    ['canary', canaryFacts(ABORTED)],
    ['blue-green', blueGreenFacts({ ...ABORTED, candidateSelector: 'bad' })],
  ] as const)('a %s that is Degraded only by a settled abort is released from its stable image', (strategy, facts) => {
    const found = checksOf(releaseSpec({ strategy, image: 'shop:v3' }), { ...facts, revisions: REVISIONS });
    expect(found.checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(found.plan).toMatchObject({ fromImage: 'shop:v1', templateImage: 'shop:v2', toImage: 'shop:v3' });
  });
});

describe('after an abort the template is not that of the stable version', () => {
  test.each([
    [
      'the aborted image again',
      'shop:v2',
      REVISIONS,
      /its update was aborted: Argo does not begin it again/,
      /Put shop:v1 back/,
    ],
    ['the stable image', 'shop:v1', REVISIONS, /shop:v1 is the stable version already/, /argo_update_rollout_image/],
    ['unreadable ReplicaSets', 'shop:v3', 'may not list', /could not be read \(may not list\)/, /deploy\/rbac.yaml/],
    [
      'no ReplicaSet of the stable version',
      'shop:v3',
      [],
      /no ReplicaSet has the hash old/,
      /argo_update_rollout_image/,
    ],
    [
      'more than the image changed',
      'shop:v3',
      [revision('old', 'shop:v1'), revision('bad', 'shop:v2', 'other')],
      /differs from the stable version in more than the image of app/,
      /kubectl argo rollouts undo/,
    ],
  ] as const)('%s: refused', (_, image, revisions, detail, next) => {
    expect(failing({ ...canaryFacts(ABORTED), revisions }, { image })).toEqual([
      { name: 'image', ok: false, detail: expect.stringMatching(detail), next: expect.stringMatching(next) },
    ]);
  });
});

type Case = readonly [what: string, check: string, facts: Facts, detail: string, spec?: SpecChanges];
const changed = (changes: Partial<RolloutFacts>) => canaryFacts(changes);
function withThird(weight: number): Facts {
  const { rollout, traffic } = canaryFacts();
  const third = { service: 'shop-old', weight, metricsService: 'shop-shop-old-80@kubernetescrd' };
  return { rollout, traffic: { name: 'shop', weights: [...(traffic?.weights ?? []), third] } };
}
const OTHER = { releaseId: 'release/dev/shop/other', runId: 'r1' };

const CASES: readonly Case[] = [
  [
    'no pods at all',
    'replicas',
    changed({ replicas: { desired: 0, updated: 0, available: 0 } }),
    'no pod serves the stable version',
  ],
  [
    'a stable version that shrinks and an aborted one that stays',
    'rollback',
    changed({ scaling: { dynamicStable: true, keepsAborted: ['minPodsPerReplicaSet'] } }),
    'leaves a share of the traffic on the aborted version',
  ],
  [
    'a preview of one pod for the traffic of two',
    'preview',
    blueGreenFacts({ scaling: { dynamicStable: false, keepsAborted: [], previewReplicas: 1 } }),
    '1 pod would serve the traffic of 2',
    { strategy: 'blue-green' },
  ],
  [
    'a third Service with traffic',
    'traffic',
    withThird(20),
    'weight 20 to shop-old, which the release neither moves nor judges',
  ],
  ['a weight of 0 as a step', 'steps', changed({ steps: [{ setWeight: 0 }, { pause: {} }] }), 'step 0 has weight 0'],
  ['another strategy', 'strategy', changed({}), 'the Rollout is canary', { strategy: 'blue-green' }],
  [
    'auto-promotion',
    'strategy',
    blueGreenFacts({ autoPromotion: true }),
    'cut over unjudged',
    { strategy: 'blue-green' },
  ],
  ['no traffic routing', 'strategy', changed({ trafficRouting: [] }), 'the canary has no router'],
  ['two traffic routers', 'strategy', changed({ trafficRouting: ['traefik', 'nginx'] }), 'traefik, nginx'],
  [
    'a workloadRef to a Deployment that cannot be read',
    'image',
    changed({ workload: { kind: 'Deployment', name: 'web' } }),
    'Deployment web, of which the Rollout takes its template, does not exist or cannot be read',
  ],
  [
    'a workloadRef to another kind',
    'image',
    changed({ workload: { kind: 'ReplicaSet', name: 'web' } }),
    'from ReplicaSet web, and a release changes Deployments only',
  ],
  [
    'a Deployment with pods of its own',
    'image',
    changed({ workload: { kind: 'Deployment', name: 'web', replicas: 1 } }),
    'runs 1 pod of its own beside the Rollout',
  ],
  ['the same image', 'image', changed({ images: { app: 'shop:v2' } }), 'already runs shop:v2'],
  ['several containers', 'image', changed({ images: { app: 'a:1', side: 'b:1' } }), 'several containers: app, side'],
  [
    'an unknown container',
    'image',
    changed({}),
    'there is no container web; the containers are: app',
    { container: 'web' },
  ],
  ['no steps', 'steps', changed({ steps: [] }), 'no setWeight step'],
  ['a timed pause', 'steps', changed({ steps: [{ setWeight: 5 }, { pause: { seconds: 10 } }] }), 'timed pause'],
  [
    'a background analysis',
    'analysis',
    changed({ backgroundAnalysis: ['errors', 'latency'] }),
    'background analysis (errors, latency)',
  ],
  ['a hand pause', 'health', changed({ specPaused: true }), 'paused by hand'],
  ['an unseen spec', 'health', changed({ observed: false }), 'has not seen'],
  [
    'a rollout under way',
    'health',
    changed({ phase: 'Progressing', message: 'more replicas' }),
    'Progressing: more replicas',
  ],
  [
    'an abort that still flaps',
    'health',
    changed({ phase: 'Degraded', aborted: true, candidateSelector: 'bad' }),
    'Degraded',
  ],
  ['an owner of the Rollout', 'owner', changed({ owner: OTHER }), 'held by release/dev/shop/other'],
  [
    'an owner of the TraefikService',
    'owner',
    { ...canaryFacts(), traffic: { name: 'shop', weights: canaryFacts().traffic?.weights ?? [], owner: OTHER } },
    'held by',
  ],
  [
    'no Prometheus',
    'prometheus',
    { ...canaryFacts(), metricsProblem: { detail: 'does not answer', next: 'Start it.' } },
    'does not answer',
  ],
  ['a silent Traefik', 'traefik', { ...canaryFacts(), proxyProblem: 'Traefik t1: 503' }, 't1'],
  [
    'no TraefikService',
    'traffic',
    { rollout: canaryFacts().rollout, trafficProblem: 'none holds both' },
    'none holds both',
  ],
  [
    'other names in the TraefikService',
    'traffic',
    {
      ...canaryFacts(),
      traffic: { name: 'shop', weights: [{ service: 'shop-stable', weight: 100, metricsService: '' }] },
    },
    'not shop-canary',
  ],
  [
    'a candidate with weight',
    'health',
    {
      ...canaryFacts(),
      traffic: {
        name: 'shop',
        weights: [
          { service: 'shop-stable', weight: 90, metricsService: '' },
          { service: 'shop-canary', weight: 10, metricsService: '' },
        ],
      },
    },
    'weight 10 before the release',
  ],
];

test.each(CASES)('%s alone fails the check %s and says what to do', (_what, check, facts, detail, spec = {}) => {
  const failed = failing(facts, spec);
  expect(failed).toEqual([
    { name: check, ok: false, detail: expect.stringContaining(detail), next: expect.stringMatching(/\.$|\]$/) },
  ]);
  expect(checksOf(releaseSpec(spec), facts).plan).toBeUndefined();
});

test('a Rollout without Services has neither strategy nor traffic', () => {
  const { stableService: _stable, candidateService: _candidate, ...rest } = canaryFacts().rollout;
  expect(
    failing({ rollout: rest, trafficProblem: 'the Rollout does not name both of its Services' }).map(
      (check) => check.name,
    ),
  ).toEqual(['strategy', 'traffic']);
});

test('all that is wrong is said at once', () => {
  const facts = {
    ...changed({ specPaused: true, owner: OTHER, images: { app: 'shop:v2' } }),
    metricsProblem: { detail: 'away', next: 'Start it.' },
  };
  expect(failing(facts).map((check) => check.name)).toEqual(['image', 'health', 'owner', 'prometheus']);
});

test('a mark of an earlier run of the same release is nobody else', () => {
  expect(failing(changed({ owner: { releaseId: 'release/dev/shop/shop', runId: 'gone' } }))).toEqual([]);
});

describe('warnings: checks that hold, with something to do', () => {
  const warnings = (facts: Facts) =>
    checksOf(releaseSpec(), facts)
      .checks.filter(({ ok, next }) => ok && next !== undefined)
      .map(({ name, detail }) => `${name}: ${detail}`);
  const breaker = { middleware: 'web-breaker', type: 'circuitBreaker', place: 'Service shop-canary' };

  test('what answers in place of a version', () => {
    expect(warnings({ ...canaryFacts(), selfAnswering: [] })).toEqual([]);
    expect(warnings({ ...canaryFacts(), selfAnswering: [breaker] })).toEqual([
      expect.stringMatching(
        /^hidden answers: circuitBreaker web-breaker on Service shop-canary: Traefik counts its answers for no Service/,
      ),
    ]);
    expect(warnings({ ...canaryFacts(), selfAnswering: 'forbidden' })).toEqual([
      expect.stringContaining('could not be read: forbidden'),
    ]);
  });

  test('other rules that may get the requests', () => {
    const rival = { place: 'IngressRoute old/shop rule 1', leadsTo: 'Service old/shop', priority: 'same' as const };
    expect(warnings({ ...canaryFacts(), rivals: [] })).toEqual([]);
    expect(warnings({ ...canaryFacts(), rivals: [rival, { ...rival, priority: 'higher' }] })).toEqual([
      'other routes: IngressRoute old/shop rule 1 matches the same requests and leads to Service old/shop, with the same priority, so each reload of Traefik decides anew which of the two gets all requests; ' +
        'IngressRoute old/shop rule 1 matches the same requests and leads to Service old/shop, with a higher priority, so it gets these requests',
    ]);
  });

  test('they stop no plan, and a wrong query does', () => {
    const empty = { windowMs: 300_000, requests: 0, series: 0, unknown: 0, boundsMs: [] };
    const trial = { name: 'queue', promql: 'queue', where: 'analysis.metrics[0].query', needs: 'one' as const };
    const facts = (tried: NonNullable<Facts['sources']>['tried']): Facts => ({
      ...canaryFacts(),
      selfAnswering: [breaker],
      sources: { aheadMs: 400, counters: { stable: empty, candidate: empty }, tried },
    });

    expect(warnings(facts([{ ...trial, answer: [] }])).map((text) => text.split(':')[0])).toEqual([
      'query requests',
      'query queue',
      'hidden answers',
    ]);
    expect(checksOf(releaseSpec(), facts([{ ...trial, answer: [] }])).plan).toBeDefined();
    expect(failing(facts([{ ...trial, problem: 'parse error', next: 'Check it.' }]))).toEqual([
      { name: 'query queue', ok: false, detail: 'analysis.metrics[0].query: parse error', next: 'Check it.' },
    ]);
    expect(failing({ ...facts([]), sources: { aheadMs: 9_000, tried: [] } }).map(({ name }) => name)).toEqual([
      'clock',
    ]);
  });
});

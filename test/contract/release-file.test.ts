import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse as parseYaml } from 'yaml';
import { parseReleaseFile, releaseFile } from '../../src/contract/release-file.ts';
import { toReleaseSpec } from '../../src/contract/release-spec.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import { DEFAULTS } from '../support/fake-gateway.ts';

const least = { target: { namespace: 'shop', rollout: 'web' }, image: 'shop:v2' };
const read = (file: unknown) => parseReleaseFile(releaseFile, file, 'canary');

function refused(file: unknown): SluiceError {
  try {
    read(file);
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
  throw new Error('the file was accepted');
}

test('the least file gets every default', () => {
  expect(toReleaseSpec(read(least), 'prod', DEFAULTS)).toEqual({
    target: { cluster: 'prod', namespace: 'shop', rollout: 'web' },
    image: 'shop:v2',
    strategy: 'canary',
    analysis: {
      soakMs: 60_000,
      minRequests: 50,
      holdMs: 600_000,
      warmUpMs: 15_000,
      sequential: { alpha: 0.05, errorsMargin: 0.01, slowMargin: 0.05 },
    },
    approval: false,
    manualPromotion: true,
    autoRollback: true,
    restoreTemplate: true,
    timeouts: { stepMs: 600_000, approvalMs: 86_400_000, decisionMs: 86_400_000, rollbackMs: 900_000 },
    guardMs: 1_800_000,
  });
});

test('the guard after the release: how long, or 0', () => {
  const guardMs = (guard: unknown) => toReleaseSpec(read({ ...least, guard }), 'prod', DEFAULTS).guardMs;
  expect([guardMs('2h'), guardMs('0')]).toEqual([7_200_000, 0]);
  for (const wrong of [0, '30', 'off', '-1m', '2000d']) expect(() => guardMs(wrong)).toThrow(/guard/);
});

test('what the file says goes before what the server is set to', () => {
  const file = read({
    ...least,
    strategy: 'blue-green',
    steps: [20, 100],
    require_manual_promotion: false,
    auto_rollback: true,
    analysis: { soak: '1m30s', p95_ms: 250 },
    traffic: { traefik_service: 'web-ts' },
  });

  const spec = toReleaseSpec(file, 'prod', { ...DEFAULTS, autoRollback: false });

  expect(spec).toMatchObject({
    strategy: 'blue-green',
    steps: [20, 100],
    manualPromotion: false,
    autoRollback: true,
    traefikService: 'web-ts',
    analysis: { soakMs: 90_000, maxP95Ms: 250 },
  });
});

test.each([
  [undefined, [5, 10, 25, 50, 100]],
  [25, [25, 50, 75, 100]],
  [30, [30, 60, 90, 100]],
  [100, [100]],
])('weight step %s gives %j', (step, weights) => {
  const file = read({ ...least, strategy: 'blue-green' });
  expect(toReleaseSpec(file, 'prod', { ...DEFAULTS, weightStep: step }).steps).toEqual(weights);
});

test('unknown fields are refused with their path and the nearest right name, all at once', () => {
  const error = refused({
    ...least,
    tagret: {},
    analysis: { min_request: 1 },
    timeouts: { setp: '1m' },
    stratgy: 'canary',
    require_manual_promotion: 3,
  });

  expect(error.code).toBe('INVALID_INPUT');
  expect(error.message).toMatch(/^tagret: unknown field; did you mean target\?$/m);
  expect(error.message).toMatch(/^analysis\.min_request: unknown field; did you mean analysis\.min_requests\?$/m);
  expect(error.message).toMatch(/^timeouts\.setp: unknown field; did you mean timeouts\.step\?$/m);
  expect(error.message).toMatch(/^stratgy: unknown field; did you mean strategy\?$/m);
});

test('camelCase finds its field', () => {
  expect(refused({ ...least, requireManualPromotion: true }).message).toContain(
    'did you mean require_manual_promotion?',
  );
});

test('when every problem is a misspelt name the code says so', () => {
  expect(refused({ ...least, imgae: 'x' }).code).toBe('UNKNOWN_NAME');
});

test.each([
  ['bluegreen', /spelled blue-green/],
  ['canarry', /did you mean canary\?/],
])('strategy %s is refused', (strategy, text) => {
  expect(refused({ ...least, strategy }).message).toMatch(text);
});

test('a rolling release believes Argo, unless its file names another split', () => {
  const spec = (more: object) => toReleaseSpec(read({ ...least, strategy: 'rolling', ...more }), 'prod', DEFAULTS);

  expect(spec({ images: { logs: 'a:1' } })).toMatchObject({ split: 'argo-status', furtherImages: { logs: 'a:1' } });
  // The plan refuses it.
  expect(spec({ split: 'traefik' }).split).toBe('traefik');
});

test('steps and TraefikService of a rolling release are refused with the reason', () => {
  const error = refused({ ...least, strategy: 'rolling', steps: [10, 100], traffic: { traefik_service: 'web' } });

  expect(error.message).toMatch(/^steps: not for a rolling release: the Rollout's own steps are the plan/m);
  expect(error.message).toMatch(/^traffic\.traefik_service: not for a rolling release: pods divide the traffic/m);
});

test('steps and TraefikService of a canary are refused with the reason, also when canary is only the default', () => {
  const error = refused({ ...least, steps: [10, 100], traffic: { traefik_service: 'web' } });

  expect(error.message).toMatch(/^steps: not for a canary: the Rollout's own steps are the plan/m);
  expect(error.message).toMatch(/^traffic\.traefik_service: not for a canary/m);
  expect(() => parseReleaseFile(releaseFile, { ...least, steps: [10, 100] }, 'blue-green')).not.toThrow();
});

test.each([[[100, 50]], [[10, 10, 100]], [[10, 50]], [[]], [[0, 100]], [[50.5, 100]], ['10,100']])(
  'steps %j are refused',
  (steps) => {
    expect(refused({ ...least, strategy: 'blue-green', steps }).message).toMatch(/^steps/m);
  },
);

test.each([[30], ['30'], ['30 s'], ['-5s'], ['5x'], ['9999d'], ['']])(
  'soak %j is refused: a duration has a unit',
  (soak) => {
    expect(refused({ ...least, analysis: { soak } }).message).toMatch(/^analysis\.soak: must/m);
  },
);

const analysed = (analysis: object) => toReleaseSpec(read({ ...least, analysis }), 'prod', DEFAULTS).analysis;

test('the sequential judge gets its defaults, and a fixed limit only where one is named', () => {
  const sequential = { alpha: 0.05, errorsMargin: 0.01, slowMargin: 0.05 };
  expect(analysed({ judge: 'sequential' })).toEqual({
    soakMs: 60_000,
    minRequests: 50,
    holdMs: 600_000,
    warmUpMs: 15_000,
    sequential,
  });
  expect(
    analysed({
      judge: 'sequential',
      success_ratio: 0.9,
      alpha: 0.01,
      margins: { errors: 0.02 },
      slower_than_ms: [100, 300],
      warm_up: '1m',
    }),
  ).toEqual({
    soakMs: 60_000,
    minRequests: 50,
    minSuccessRatio: 0.9,
    holdMs: 600_000,
    warmUpMs: 60_000,
    sequential: { alpha: 0.01, errorsMargin: 0.02, slowMargin: 0.05, slowerThanMs: [100, 300] },
  });
});

test.each(['limits', 'sequential'])('judge %s takes policies; those that are not named hold', (judge) => {
  expect(analysed({ judge, on_inconclusive: 'extend', on_no_data: 'ask', extend: '2m' })).toMatchObject({
    policies: { 'no-data': 'ask', 'too-little-traffic': 'hold', inconclusive: 'extend' },
    extendMs: 120_000,
  });
});

test('sequential, named or not; limits are what they were before there was another judge', () => {
  expect(analysed({ judge: 'sequential' })).toEqual(analysed({}));
  expect(analysed({ judge: 'limits' })).toEqual({
    soakMs: 60_000,
    minRequests: 50,
    minSuccessRatio: 0.99,
    holdMs: 600_000,
  });
});

test.each<[object, RegExp]>([
  [{ judge: 'limits', alpha: 0.05 }, /^analysis\.alpha: only for the sequential judge/m],
  [{ judge: 'limits', margins: { errors: 0.1 } }, /^analysis\.margins: only for the sequential judge/m],
  [{ judge: 'limits', slower_than_ms: [300] }, /^analysis\.slower_than_ms: only for the sequential judge/m],
  [{ judge: 'limits', warm_up: '5s' }, /^analysis\.warm_up: only for the sequential judge/m],
  [{ extend: '5m', on_no_data: 'hold' }, /^analysis\.extend: has no effect unless a policy is extend/m],
  [{ judge: 'bayes' }, /^analysis\.judge: .*limits.*sequential/m],
  [{ judge: 'sequential', alpha: 0 }, /^analysis\.alpha: must be above 0/m],
  [{ judge: 'sequential', alpha: 0.6 }, /^analysis\.alpha: /m],
  [{ judge: 'sequential', alpha: '5 %' }, /^analysis\.alpha: /m],
  [{ judge: 'sequential', margins: { errors: 0 } }, /^analysis\.margins\.errors: must be above 0/m],
  [{ judge: 'sequential', margins: { slow: 1 } }, /^analysis\.margins\.slow: must be below 1/m],
  [{ judge: 'sequential', margins: { latency: 0.1 } }, /^analysis\.margins\.latency: unknown field/m],
  [{ judge: 'sequential', slower_than_ms: [] }, /^analysis\.slower_than_ms: /m],
  [{ judge: 'sequential', slower_than_ms: [300, 300] }, /^analysis\.slower_than_ms: must not name a bound twice/m],
  [{ judge: 'sequential', slower_than_ms: [1, 2, 3, 4, 5, 6] }, /^analysis\.slower_than_ms: /m],
  [{ judge: 'sequential', slower_than_ms: [-1] }, /^analysis\.slower_than_ms\.0: /m],
  [{ judge: 'sequential', warm_up: 5 }, /^analysis\.warm_up: must be a duration/m],
  [{ on_no_data: 'promote' }, /^analysis\.on_no_data: /m],
  [{ on_too_little_traffic: 'pass' }, /^analysis\.on_too_little_traffic: /m],
  [{ on_inconclusive: true }, /^analysis\.on_inconclusive: /m],
  [{ judge: 'sequential', extend: '5', on_no_data: 'extend' }, /^analysis\.extend: must be a duration/m],
])('analysis %j is refused', (analysis, text) => {
  expect(refused({ ...least, analysis }).message).toMatch(text);
});

test.each([
  [{ images: { logs: 'not an image' } }, /^images\.logs: must be an image reference/m],
  [{ images: { Logs: 'a:1' } }, /^images/m],
  [
    { images: { logs: 'a:1' }, strategy: 'mcp' },
    /^images\.logs: not for strategy mcp; .* canary, blue-green, watched-canary, rolling and shadow$/m,
  ],
  [{ images: { logs: 'a:1' }, helm: { release: 'web', chart: 'web' } }, /^images: is not for a version from helm/m],
])('%j is refused', (further, text) => {
  expect(refused({ ...least, ...further }).message).toMatch(text);
});

test('images of further containers become those of the release', () => {
  const of = (images: object) => toReleaseSpec(read({ ...least, images }), 'prod', DEFAULTS).furtherImages;
  expect([of({ logs: 'logs:2' }), of({})]).toEqual([{ logs: 'logs:2' }, undefined]);
});

test('missing fields are named', () => {
  expect(refused({}).message).toBe('target: is missing\nimage: is missing');
});

test.each(['', 'UPPER', 'a b', '-a', 'ns/x', 'a\u001b[31m'])('namespace %j is refused', (namespace) => {
  expect(refused({ ...least, target: { namespace, rollout: 'web' } }).message).toMatch(/^target\.namespace/m);
});

test.each(readdirSync(new URL('../../examples/', import.meta.url)).filter((name) => name.endsWith('.yaml')))(
  'examples/%s is a good release file',
  (name) => {
    const file = read(parseYaml(readFileSync(new URL(`../../examples/${name}`, import.meta.url), 'utf8')));

    expect(toReleaseSpec(file, 'prod', DEFAULTS).image).toMatch(/^(shop:v|2\.0\.0$)/);
  },
);

test('named approvers imply an approval, one of them by default', () => {
  const by = [
    { issuer: 'os', subject: 'ada' },
    { issuer: 'https://login.example', group: 'releasers' },
  ];
  expect(toReleaseSpec(read({ ...least, approvers: { by } }), 'prod', DEFAULTS)).toMatchObject({
    approval: true,
    approvers: { by, count: 1 },
  });
});

test.each([
  [{ by: [] }, /^approvers\.by: /m],
  [{ by: [{ issuer: 'os' }] }, /^approvers\.by\.0: needs a subject or a group/m],
  [{ by: [{ issuer: 'os', subject: 'a', group: 'b' }] }, /^approvers\.by\.0: needs a subject or a group/m],
  [{ by: [{ subject: 'a' }] }, /^approvers\.by\.0\.issuer: is missing/m],
  [{ by: [{ issuer: 'os', subject: 'a' }], count: 0 }, /^approvers\.count: /m],
])('approvers %j are refused', (approvers, text) => {
  expect(refused({ ...least, approvers }).message).toMatch(text);
});

test('approvals of phases become those of the release', () => {
  const by = [{ issuer: 'os', subject: 'ada' }];
  const approvals = [
    { phase: 'step', weights: [25, 50], by },
    { phase: 'promotion', by, count: 2 },
    { phase: 'step', weights: [75], by },
  ];
  expect(toReleaseSpec(read({ ...least, approvals }), 'prod', DEFAULTS)).toMatchObject({
    approval: false,
    approvals: approvals.map((one) => ({ count: 1, ...one })),
  });
});

const ANN = [{ issuer: 'os', subject: 'ann' }];
test.each([
  [[{ phase: 'start', by: ANN }], /^approvals\.0\.phase: /m],
  [[{ phase: 'step', by: ANN }], /^approvals\.0\.weights: is missing; phase step needs it/m],
  [[{ phase: 'promotion', weights: [5], by: ANN }], /^approvals\.0\.weights: only for phase step; this is promotion/m],
  [
    [
      { phase: 'emergency', by: ANN },
      { phase: 'emergency', by: ANN },
    ],
    /^approvals\.1: there are approvals for the phase emergency already/m,
  ],
  [
    [
      { phase: 'step', weights: [5], by: ANN },
      { phase: 'step', weights: [9, 5], by: ANN },
    ],
    /^approvals\.1\.weights\.1: there are approvals for weight 5 already/m,
  ],
  [
    [{ phase: 'step', weights: [5, 5], by: ANN }],
    /^approvals\.0\.weights\.1: there are approvals for weight 5 already/m,
  ],
  [[{ phase: 'step', weights: [100], by: ANN }], /^approvals\.0\.weights\.0: /m],
  [[{ phase: 'promotion' }], /^approvals\.0\.by: is missing/m],
])('approvals %j are refused', (approvals, text) => {
  expect(refused({ ...least, approvals }).message).toMatch(text);
});

test("where callers prove who they are, an approval without names has to be a person's", () => {
  const byPerson = (more: object, defaults: object) =>
    toReleaseSpec(read({ ...least, ...more }), 'prod', { ...DEFAULTS, ...defaults }).approvalByPerson;
  const required = { approval: { required: true } };
  expect(byPerson(required, {})).toBeUndefined();
  expect(byPerson(required, { oauthIssuers: [], access: undefined })).toBeUndefined();
  for (const proved of [
    { oauthIssuers: ['https://login.example'] },
    { serviceAccountAudience: 'sluice' },
    { access: [] },
  ])
    expect(byPerson(required, proved)).toBe(true);
  expect(byPerson({}, { access: [] })).toBeUndefined();
  expect(byPerson({ ...required, approvers: { by: ANN } }, { access: [] })).toBeUndefined();
});

import { expect, test } from '@jest/globals';
import { CATALOGUE } from '../../../src/toolsets/index.ts';
import { nextStep } from '../../../src/toolsets/argo/next-step.ts';
import type { RolloutDetail } from '../../../src/ports/rollout-objects.ts';

const settled: RolloutDetail = {
  target: { cluster: 'prod', namespace: 'shop', rollout: 'web' },
  resourceVersion: '1',
  observed: true,
  strategy: 'canary',
  images: { app: 'a' },
  podHash: 'a',
  stableHash: 'a',
  steps: [{ setWeight: 5 }, { pause: {} }, { pause: { seconds: 30 } }],
  specPaused: false,
  controllerPause: false,
  pauseReasons: [],
  aborted: false,
  promoteFull: false,
  phase: 'Healthy',
  message: '',
  replicas: { desired: 2, updated: 2, available: 2 },
  scaling: { dynamicStable: false, keepsAborted: [] },
  trafficRouting: ['traefik'],
  autoPromotion: false,
  abortScaleDownDelaySeconds: 30,
  pods: { total: 2, ready: 2 },
  stepTexts: [],
  analysis: [],
  conditions: [],
};
const updating = { podHash: 'b', phase: 'Progressing' };
const paused = { ...updating, phase: 'Paused', controllerPause: true, pauseReasons: ['CanaryPauseStep'], stepIndex: 1 };
const running = [{ role: 'background' as const, run: 'web-b-2', status: 'Running', message: '' }];

test.each<[string, Partial<RolloutDetail>, RegExp]>([
  ['settled', {}, /argo_update_rollout_image/],
  ['owned, whatever else', { ...paused, owner: { releaseId: 'release/prod/shop/web', runId: 'r' } }, /release_get/],
  ['being deleted', { deletion: { since: 'x', finalizers: ['wait'] } }, /held by wait/],
  ['not seen', { observed: false }, /^Call argo_get_rollout_status again .*controller is not running/],
  ['invalid', { invalid: 'no such Service' }, /correct it .*no such Service/],
  ['aborted, and paused still', { ...paused, aborted: true }, /argo_update_rollout_image with the stable image/],
  [
    'by hand, at a pause: a promote would skip a step',
    { ...paused, specPaused: true },
    /^It is paused by hand: argo_resume_rollout/,
  ],
  [
    'in a full promotion',
    { ...paused, promoteFull: true },
    /full promotion is under way: call argo_get_rollout_status again/,
  ],
  [
    'inconclusive',
    { ...paused, pauseReasons: ['InconclusiveAnalysisRun'] },
    /argo_skip_analysis_promote, or argo_abort_rollout/,
  ],
  ['at an untimed pause', paused, /argo_promote_rollout or argo_abort_rollout/],
  ['at a timed pause', { ...paused, stepIndex: 2 }, /by itself after 30 s/],
  ['analysed at a pause: the pause is what a person ends', { ...paused, analysis: running }, /argo_promote_rollout/],
  [
    'analysed',
    { ...updating, analysis: running },
    /AnalysisRun web-b-2: call argo_get_rollout_status again.*argo_skip_analysis_promote/,
  ],
  ['an old analysis after the end', { analysis: running }, /Nothing is under way/],
  ['on its way', updating, /^It is progressing: call argo_get_rollout_status again\.$/],
  ['degraded', { ...updating, phase: 'Degraded' }, /argo_get_rollout_history/],
])('%s', (_, change, expected) => {
  const advice = nextStep({ ...settled, ...change });

  expect(advice).toMatch(expected);
  const named = [...advice.matchAll(/\b(?:argo|traefik|release)_[a-z_]+/g)].map(([name]) => name);
  expect(named.filter((name) => !CATALOGUE.some((command) => command.name === name))).toEqual([]);
});

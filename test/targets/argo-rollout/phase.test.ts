import { describe, expect, test } from '@jest/globals';
import { phaseOf } from '../../../src/targets/argo-rollout/phase.ts';
import { Rollout } from '../../../src/targets/argo-rollout/schema.ts';

type Part = Record<string, unknown>;
const PAUSE = [{ reason: 'CanaryPauseStep', startTime: '2026-11-01T10:00:00Z' }];

function rollout(status: Part, spec: Part = {}, annotations: Record<string, string> = {}): Rollout {
  return Rollout.parse({
    metadata: { name: 'web', namespace: 'shop', resourceVersion: '7', generation: 3, annotations },
    spec: { replicas: 2, strategy: { canary: {} }, ...spec },
    status: { observedGeneration: '3', ...status },
  });
}
const phase = (...args: Parameters<typeof rollout>): string => Object.values(phaseOf(rollout(...args))).join(': ');

describe('told by the controller, when it is up to date', () => {
  test.each<[string, Part, string]>([
    [
      'as stored',
      { phase: 'Paused', message: 'CanaryPauseStep', controllerPause: true, pauseConditions: PAUSE },
      'Paused: CanaryPauseStep',
    ],
    [
      'spec not seen',
      { observedGeneration: '2', phase: 'Healthy' },
      'Progressing: waiting for rollout spec update to be observed',
    ],
    ['never seen', { observedGeneration: undefined }, 'Progressing: waiting for rollout spec update to be observed'],
    [
      'pause just ended',
      { phase: 'Paused', message: 'CanaryPauseStep', controllerPause: true },
      'Progressing: waiting for rollout to unpause',
    ],
    [
      'abort just sent',
      { phase: 'Paused', abort: true, controllerPause: true, pauseConditions: PAUSE },
      'Progressing: waiting for the controller to take up the abort',
    ],
    [
      'abort taken up',
      { phase: 'Degraded', message: 'RolloutAborted', abort: true, abortedAt: '2026-11-01T10:00:00Z' },
      'Degraded: RolloutAborted',
    ],
    [
      'retry just sent',
      { phase: 'Degraded', abort: false, abortedAt: '2026-11-01T10:00:00Z' },
      'Progressing: waiting for the controller to take up the retry',
    ],
    [
      'full promotion just sent',
      { phase: 'Paused', promoteFull: true, controllerPause: true, pauseConditions: PAUSE },
      'Progressing: waiting for the controller to take up the full promotion',
    ],
    [
      'control characters in the message',
      { phase: 'Degraded', message: 'bad\u001b[31m\nimage' },
      'Degraded: bad[31m image',
    ],
  ])('%s', (_, status, expected) => {
    expect(phase(status)).toBe(expected);
  });

  test('a referred workload that was changed is not yet observed', () => {
    const spec = { workloadRef: { kind: 'Deployment', name: 'web' } };
    const annotations = { 'rollout.argoproj.io/workload-generation': '5' };

    expect(phase({ phase: 'Healthy', workloadObservedGeneration: '4' }, spec, annotations)).toMatch(
      /^Progressing: .*reference workload$/,
    );
    expect(phase({ phase: 'Healthy', workloadObservedGeneration: '5' }, spec, annotations)).toBe('Healthy: ');
  });
});

/** Cases of CalculateRolloutPhase, argo-rollouts v1.10.1. */
describe('computed, where no phase is stored', () => {
  const done = { updatedReplicas: 2, availableReplicas: 2, replicas: 2, stableRS: 'a', currentPodHash: 'a' };
  const blueGreen = { strategy: { blueGreen: { activeService: 'web' } } };

  test.each<[string, Part, Part, string]>([
    [
      'invalid',
      { conditions: [{ type: 'InvalidSpec', status: 'True', message: 'no' }] },
      {},
      'Degraded: InvalidSpec: no',
    ],
    [
      'timed out',
      { conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'late' }] },
      {},
      'Degraded: ProgressDeadlineExceeded: late',
    ],
    ['by hand', done, { paused: true }, 'Paused: manually paused'],
    ['a pause', { ...done, pauseConditions: PAUSE }, {}, 'Paused: CanaryPauseStep'],
    ['restarting', done, { restartAt: '2026-11-01T10:00:00Z' }, 'Progressing: rollout is restarting'],
    ['few updated', { ...done, updatedReplicas: 1 }, {}, 'Progressing: more replicas need to be updated'],
    [
      'few available',
      { ...done, availableReplicas: 1 },
      {},
      'Progressing: updated replicas are still becoming available',
    ],
    ['old pods', { ...done, replicas: 3 }, {}, 'Progressing: old replicas are pending termination'],
    [
      'old pods behind a router',
      { ...done, replicas: 3 },
      { strategy: { canary: { trafficRouting: {} } } },
      'Healthy: ',
    ],
    ['steps left', { ...done, stableRS: 'b' }, {}, 'Progressing: waiting for all steps to complete'],
    [
      'not yet active',
      { ...done, blueGreen: { activeSelector: 'b' } },
      blueGreen,
      'Progressing: active service cutover pending',
    ],
    [
      'not yet stable',
      { ...done, stableRS: 'b', blueGreen: { activeSelector: 'a' } },
      blueGreen,
      'Progressing: waiting for post-promotion verification to complete',
    ],
    ['done', done, {}, 'Healthy: '],
  ])('%s', (_, status, spec, expected) => {
    expect(phase(status, spec)).toBe(expected);
  });
});

import type { Observation } from '../../src/domain/release/observe.ts';

/** A Rollout that is held at the pause of its first step. */
export const AT_PAUSE: Observation = {
  observed: true,
  steps: [{ setWeight: 25 }, { pause: {} }],
  image: 'shop:v2',
  podHash: 'new',
  stableHash: 'old',
  stepIndex: 1,
  pauseReasons: ['CanaryPauseStep'],
  controllerPause: true,
  aborted: false,
  phase: 'Paused',
  message: '',
  stableSelector: 'old',
  candidateSelector: 'new',
  canaryWeight: 25,
  replicas: { desired: 2, updated: 1, available: 3 },
};
export const seen = (changes: Partial<Observation> = {}): Observation => ({ ...AT_PAUSE, ...changes });

import type { z } from 'zod';
import { argoStrategyName } from '../../domain/argo-strategies.ts';
import type { rolloutSnapshot } from '../../contract/rollout-snapshot.ts';
import { cleanText } from '../../domain/safe-text.ts';
import type { RolloutState } from '../../domain/rollout.ts';

export function toSnapshot(view: RolloutState): z.output<typeof rolloutSnapshot> {
  return {
    namespace: view.target.namespace,
    name: view.target.rollout,
    strategy: argoStrategyName(view),
    phase: view.phase,
    message: cleanText(view.message),
    images: Object.fromEntries(Object.entries(view.images).map(([name, image]) => [cleanText(name), cleanText(image)])),
    pod_hash: view.podHash,
    stable_hash: view.stableHash,
    ...(view.stepIndex === undefined ? {} : { step: view.stepIndex }),
    steps: view.steps.length,
    ...(view.canaryWeight === undefined ? {} : { weight: view.canaryWeight }),
    paused_by: [...(view.specPaused ? ['manual'] : []), ...view.pauseReasons],
    aborted: view.aborted,
    ...(view.owner ? { release_id: view.owner.releaseId } : {}),
    resource_version: view.resourceVersion,
  };
}

import type { Target } from '../../domain/release/target.ts';
import type { AnalysisFound, RolloutSteeringPort } from '../../ports/rollout-steering.ts';
import type { ClusterClient, Clusters } from '../../adapters/kubernetes/cluster-client.ts';
import { decideAbort } from './abort.ts';
import { analysisHold } from './analysis-hold.ts';
import type { Rollout } from './schema.ts';
import { readNow, refused, steer, unchanged, type Now, type Steering, type Versioned } from './steer.ts';
import { imageSteering } from './steer-image.ts';
import { promoteFullSteering, promoteSteering } from './steer-promote.ts';
import { skipSteering, terminateSteering } from './steer-skip.ts';
import { isObserved } from './view.ts';
import { plural } from '../../domain/plural.ts';

const SPEC_MS = 5_000;
const ABORT_MS = 10_000;

/**
 * RolloutSteeringPort on Argo Rollouts ≥ 1.10, through the Kubernetes API. `longestProofMs`: the maximum time to wait
 * for any effect.
 */
export function createRolloutSteering(clusters: Clusters, { longestProofMs = Infinity } = {}): RolloutSteeringPort {
  const client = (target: Target) => clusters.client(target.cluster);
  const run = <S extends Versioned>(target: Target, steering: Steering<S>) =>
    steer(client(target), target, { ...steering, withinMs: Math.min(steering.withinMs, longestProofMs) });
  return {
    setImage: async (target, desired) => run(target, await imageSteering(client(target), target, desired)),
    promote: async (target, at) => run(target, promoteSteering(target, at)),
    promoteFull: async (target, at) => run(target, promoteFullSteering(at)),
    abort: async (target, at, over) => run(target, { ...abortSteering(target, at.podHash), ...(over && { over }) }),
    pause: async (target) => run(target, PAUSE),
    resume: async (target) => run(target, RESUME),
    findAnalysis: (target) => findAnalysis(client(target), target),
    skipAnalysis: async (target, hold) =>
      hold.way === 'terminate'
        ? run(target, terminateSteering(client(target), target, hold))
        : run(target, skipSteering(hold)),
  };
}

async function findAnalysis(client: ClusterClient, target: Target): Promise<AnalysisFound> {
  const { rollout, view } = await readNow(client, target);
  const found = analysisHold(rollout);
  return typeof found === 'string'
    ? { view, why: found }
    : { view, hold: found, why: `the ${found.role} analysis ${found.run} is ${found.status}` };
}

function abortSteering(target: Target, podHash: string): Steering {
  const decide = (rollout: Rollout) => {
    const { currentPodHash, stableRS } = rollout.status;
    const idle = isObserved(rollout) && currentPodHash !== undefined && currentPodHash === stableRS;
    return idle
      ? refused(`there is nothing to abort: ${stableRS} is the stable version, and no other is being rolled out`)
      : decideAbort(rollout, target, podHash);
  };
  return { decide, missing: (now) => notAborted(now, podHash), withinMs: ABORT_MS };
}

/**
 * `phase` alone is outdated right after the patch. The weight or the active selector shows which version users get.
 * Without either, the pods show it.
 */
function notAborted({ rollout: { status }, view }: Now, podHash: string): string | undefined {
  if (status.currentPodHash !== podHash) return `${podHash} was replaced by ${status.currentPodHash ?? 'none'}`;
  if (!status.abort || !status.abortedAt) return 'the controller has not acted on the abort';
  if (view.strategy === 'blue-green')
    return view.stableSelector === view.stableHash
      ? undefined
      : `the active Service selects ${view.stableSelector ?? 'no version'}`;
  if (view.trafficRouting.length > 0)
    return (view.canaryWeight ?? 0) === 0
      ? undefined
      : `Argo has still written weight ${view.canaryWeight} for the canary`;
  return view.replicas.updated === 0
    ? undefined
    : `${plural(view.replicas.updated, 'pod')} of the new version still ${view.replicas.updated === 1 ? 'exists' : 'exist'}`;
}

const PAUSE: Steering = {
  decide: ({ spec }) =>
    spec.paused
      ? unchanged('it is paused by hand already')
      : {
          patch: [{ op: 'add', path: '/spec/paused', value: true }],
          done: { changed: true, detail: 'spec.paused was set' },
        },
  missing: ({ view }) => specMissing(view, true),
  withinMs: SPEC_MS,
};

const RESUME: Steering = {
  decide: ({ spec, status }) => {
    const patch = [
      { op: 'test', path: '/spec/paused', value: true },
      { op: 'replace', path: '/spec/paused', value: false },
    ] as const;
    if (spec.paused) return { patch, done: { changed: true, detail: 'spec.paused was removed' } };
    const held = (status.pauseConditions ?? []).map(({ reason }) => reason);
    if (held.length > 0)
      return refused(`it is not paused by hand, but held by ${held.join(' and ')}, which a resume does not end`);
    return status.abort ? refused('it is aborted, not paused') : unchanged('it is not paused by hand');
  },
  missing: ({ view }) => specMissing(view, false),
  withinMs: SPEC_MS,
};

function specMissing(view: Now['view'], paused: boolean): string | undefined {
  if (view.specPaused !== paused) return `somebody else has ${paused ? 'removed' : 'set'} spec.paused meanwhile`;
  return view.observed ? undefined : 'the controller has not yet seen it';
}

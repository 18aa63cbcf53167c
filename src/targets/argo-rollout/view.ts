import { managersOf } from '../../domain/cluster-objects/managing-tool.ts';
import { goDurationMs } from '../../domain/go-duration.ts';
import type { Target } from '../../domain/release/target.ts';
import type { RolloutState, RolloutStep, Scaling, WorkloadOf } from '../../domain/rollout.ts';
import { ownerOf } from '../../adapters/kubernetes/owner-mark.ts';
import { plainLine } from '../../adapters/kubernetes/text.ts';
import { isObserved, phaseOf } from './phase.ts';
import type { Referred } from './referred.ts';
import { CanaryScale, isInitContainer, type PodContainer, type Rollout } from './schema.ts';

export { isObserved } from './phase.ts';

/** Argo's default for both strategies. */
const ABORT_SCALE_DOWN_SECONDS = 30;

/** Keys of trafficRouting that are settings, not routers. */
const ROUTING_SETTINGS = ['managedRoutes', 'maxTrafficWeight'];

/** The hashes that the two Services select now. */
export interface Selectors {
  readonly stable?: string;
  readonly candidate?: string;
}

/** The facts about a Rollout that other objects hold. */
export interface ReferencedObjects extends Selectors {
  /** The Deployment that `workloadRef` names. */
  readonly workload?: Referred;
}

/** Names of the two Services. `stable` is the stable or active one. */
export function serviceNames(rollout: Rollout): { readonly stable?: string; readonly candidate?: string } {
  const { canary, blueGreen } = rollout.spec.strategy;
  const [stable, candidate] = blueGreen
    ? [blueGreen.activeService, blueGreen.previewService]
    : [canary?.stableService, canary?.canaryService];
  return { ...(stable && { stable }), ...(candidate && { candidate }) };
}

export function toView(target: Target, rollout: Rollout, elsewhere: ReferencedObjects): RolloutState {
  const { metadata, spec, status } = rollout;
  const { canary, blueGreen } = spec.strategy;
  const services = serviceNames(rollout);
  const owner = ownerOf(metadata.annotations);
  const managers = managersOf({ metadata });
  const weight = status.canary?.weights?.canary.weight;
  const traefik = canary?.trafficRouting?.traefik?.weightedTraefikServiceName;
  return {
    target,
    resourceVersion: metadata.resourceVersion,
    observed: isObserved(rollout, elsewhere.workload),
    strategy: canary ? 'canary' : blueGreen ? 'blue-green' : 'unknown',
    ...imagesOf(elsewhere.workload?.containers ?? spec.template?.spec?.containers ?? []),
    ...(spec.workloadRef && { workload: workloadOf(spec.workloadRef, elsewhere.workload) }),
    podHash: status.currentPodHash ?? '',
    stableHash: status.stableRS ?? '',
    steps: (canary?.steps ?? []).map(toStep),
    ...(status.currentStepIndex !== undefined && { stepIndex: status.currentStepIndex }),
    specPaused: spec.paused === true,
    controllerPause: status.controllerPause === true,
    pauseReasons: (status.pauseConditions ?? []).map((condition) => condition.reason),
    aborted: status.abort === true,
    promoteFull: status.promoteFull === true,
    ...phaseOf(rollout, elsewhere.workload),
    replicas: {
      desired: spec.replicas ?? 1,
      updated: status.updatedReplicas ?? 0,
      available: status.availableReplicas ?? 0,
    },
    ...(weight !== undefined && { canaryWeight: weight }),
    ...(services.stable && { stableService: services.stable }),
    ...(services.candidate && { candidateService: services.candidate }),
    ...(elsewhere.stable && { stableSelector: elsewhere.stable }),
    ...(elsewhere.candidate && { candidateSelector: elsewhere.candidate }),
    ...(traefik && { traefikService: traefik }),
    trafficRouting: Object.keys(canary?.trafficRouting ?? {}).filter((key) => !ROUTING_SETTINGS.includes(key)),
    ...(canary?.trafficRouting?.maxTrafficWeight && { maxTrafficWeight: canary.trafficRouting.maxTrafficWeight }),
    autoPromotion: blueGreen !== undefined && blueGreen.autoPromotionEnabled !== false,
    ...(canary?.analysis && {
      backgroundAnalysis: (canary.analysis.templates ?? []).map(({ templateName }) => plainLine(templateName, 100)),
    }),
    abortScaleDownDelaySeconds: abortScaleDownDelay(rollout),
    scaling: scalingOf(rollout),
    ...(spec.rollbackWindow?.revisions && { rollbackWindow: spec.rollbackWindow.revisions }),
    ...(owner && { owner }),
    ...(managers.length > 0 && { managers }),
  };
}

/**
 * Seconds. Argo removes the pods of a canary without a router at once. Source: argo-rollouts v1.10.1,
 * utils/defaults/defaults.go.
 */
function abortScaleDownDelay({ spec: { strategy } }: Rollout): number {
  const { canary, blueGreen } = strategy;
  if (canary && !canary.trafficRouting) return 0;
  return (canary ?? blueGreen)?.abortScaleDownDelaySeconds ?? ABORT_SCALE_DOWN_SECONDS;
}

function imagesOf(containers: readonly PodContainer[]): Pick<RolloutState, 'images' | 'initImages'> {
  const named = (some: readonly PodContainer[]) => Object.fromEntries(some.map(({ name, image }) => [name, image]));
  const init = containers.filter(isInitContainer);
  const images = named(containers.filter((container) => !isInitContainer(container)));
  return { images, ...(init.length > 0 && { initImages: named(init) }) };
}

function workloadOf(
  { kind = '', name = '' }: { kind?: string | undefined; name?: string | undefined },
  found?: Referred,
): WorkloadOf {
  const pods = found && { replicas: found.replicas };
  return { kind: plainLine(kind), name: plainLine(name), ...pods };
}

function scalingOf({ spec: { strategy } }: Rollout): Scaling {
  const { canary, blueGreen } = strategy;
  const keeping = {
    abortScaleDownDelaySeconds: canary?.abortScaleDownDelaySeconds,
    minPodsPerReplicaSet: canary?.minPodsPerReplicaSet,
  };
  return {
    dynamicStable: canary?.dynamicStableScale === true,
    keepsAborted: Object.entries(keeping).flatMap(([field, value]) => (value === undefined ? [] : [field])),
    ...(blueGreen?.previewReplicaCount !== undefined && { previewReplicas: blueGreen.previewReplicaCount }),
  };
}

function toStep(step: Readonly<Record<string, unknown>>): RolloutStep {
  if (typeof step['setWeight'] === 'number') return { setWeight: step['setWeight'] };
  if ('pause' in step) {
    const duration = (step['pause'] as { duration?: string | number } | null)?.duration;
    return { pause: duration === undefined ? {} : { seconds: durationSeconds(duration) } };
  }
  const scale = CanaryScale.safeParse(step['setCanaryScale']);
  return { other: Object.keys(step)[0] ?? 'empty', ...(scale.success ? { canaryScale: scale.data } : {}) };
}

/**
 * Seconds from a number, digits, or a Go duration ("1h30m"). A text that Argo would refuse counts as 0: the pause is
 * still a timed one.
 */
export function durationSeconds(duration: string | number): number {
  if (typeof duration === 'number') return duration;
  if (/^\d+$/.test(duration)) return Number(duration);
  return (goDurationMs(duration) ?? 0) / 1000;
}

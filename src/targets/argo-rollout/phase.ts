import { plainLine } from '../../adapters/kubernetes/text.ts';
import type { Referred } from './referred.ts';
import type { Rollout } from './schema.ts';

export interface Phase {
  readonly phase: string;
  readonly message: string;
}

/** Argo copies the generation of the referenced workload into this annotation of the Rollout. */
const WORKLOAD_GENERATION = 'rollout.argoproj.io/workload-generation';
/** Reasons of conditions that make a Rollout Degraded. */
const DEGRADING = ['RolloutAborted', 'ProgressDeadlineExceeded'];

const progressing = (message: string): Phase => ({ phase: 'Progressing', message });

/**
 * True once the controller has acted on the current spec, and on the template of the Deployment that it refers to.
 * `observedGeneration` is a string in this API.
 */
export function isObserved(rollout: Rollout, workload?: Pick<Referred, 'generation'>): boolean {
  return isSpecObserved(rollout) && isWorkloadObserved(rollout, workload);
}

function isSpecObserved({ metadata, status }: Rollout): boolean {
  return status.observedGeneration === String(metadata.generation);
}

/**
 * Phase and message as `kubectl argo rollouts` shows them. They are correct also right after a patch of the status:
 * such a patch does not change the generation, so the stored phase is the previous one. Source: argo-rollouts v1.10.1,
 * utils/rollout/rolloututil.go.
 */
export function phaseOf(rollout: Rollout, workload?: Pick<Referred, 'generation'>): Phase {
  const { status } = rollout;
  if (!isSpecObserved(rollout)) return progressing('waiting for rollout spec update to be observed');
  if (status.controllerPause && !status.pauseConditions?.length) return progressing('waiting for rollout to unpause');
  if (!isWorkloadObserved(rollout, workload))
    return progressing('waiting for rollout spec update to be observed for the reference workload');
  const asked = pendingCommand(rollout);
  if (asked) return progressing(`waiting for the controller to take up the ${asked}`);
  return status.phase ? { phase: status.phase, message: plainLine(status.message ?? '') } : computed(rollout);
}

/** A command in the status that the controller has not acted on yet. */
function pendingCommand({ status }: Rollout): string | undefined {
  if (status.promoteFull && status.pauseConditions?.length) return 'full promotion';
  if (status.abort && status.abortedAt === undefined) return 'abort';
  return status.abort !== true && status.abortedAt !== undefined ? 'retry' : undefined;
}

/** `workload`: as it is now. Without it the annotation counts, which Argo writes a moment later. */
function isWorkloadObserved({ metadata, spec, status }: Rollout, workload?: Pick<Referred, 'generation'>): boolean {
  const wanted = workload ? String(workload.generation) : metadata.annotations?.[WORKLOAD_GENERATION];
  if (spec.workloadRef === undefined || wanted === undefined || !/^\d+$/.test(status.workloadObservedGeneration ?? ''))
    return true;
  return status.workloadObservedGeneration === wanted;
}

/** For controllers before 1.0, and before the first reconcile, when no phase is written. */
function computed(rollout: Rollout): Phase {
  const { spec, status } = rollout;
  const invalid = invalidSpec(rollout);
  if (invalid !== undefined) return { phase: 'Degraded', message: `InvalidSpec: ${invalid}` };
  const bad = status.conditions?.find(({ reason }) => DEGRADING.includes(reason));
  if (bad) return { phase: 'Degraded', message: plainLine(`${bad.reason}: ${bad.message}`) };
  if (spec.paused) return { phase: 'Paused', message: 'manually paused' };
  const pause = status.pauseConditions?.[0];
  if (pause) return { phase: 'Paused', message: pause.reason };
  return computedProgress(rollout);
}

function computedProgress({ spec, status }: Rollout): Phase {
  const updated = status.updatedReplicas ?? 0;
  const { canary, blueGreen } = spec.strategy;
  const promoted = Boolean(status.stableRS) && status.stableRS === status.currentPodHash;
  if (spec.restartAt && Date.parse(spec.restartAt) !== Date.parse(status.restartedAt ?? ''))
    return progressing('rollout is restarting');
  if (updated < (spec.replicas ?? 1)) return progressing('more replicas need to be updated');
  if ((status.availableReplicas ?? 0) < updated) return progressing('updated replicas are still becoming available');
  if (blueGreen && (!status.blueGreen?.activeSelector || status.blueGreen.activeSelector !== status.currentPodHash))
    return progressing('active service cutover pending');
  if (blueGreen && !promoted) return progressing('waiting for post-promotion verification to complete');
  if (canary && !canary.trafficRouting && (status.replicas ?? 0) > updated)
    return progressing('old replicas are pending termination');
  if (canary && !promoted) return progressing('waiting for all steps to complete');
  return { phase: 'Healthy', message: '' };
}

/** Why the controller refuses the spec. Undefined when it accepts it. */
export function invalidSpec({ status }: Rollout): string | undefined {
  const condition = status.conditions?.find(({ type }) => type === 'InvalidSpec');
  return condition && plainLine(condition.message, 600);
}

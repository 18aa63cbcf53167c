import { z } from 'zod';
import type { Target } from '../../domain/release/target.ts';
import type { AnalysisHold } from '../../ports/rollout-steering.ts';
import type { WriteResult } from '../../ports/workload.ts';
import type { RolloutState } from '../../domain/rollout.ts';
import type { ClusterClient, PatchOperation } from '../../adapters/kubernetes/cluster-client.ts';
import type { Decision } from '../../adapters/kubernetes/guarded-write.ts';
import { ANALYSIS_RUN } from '../../adapters/kubernetes/kinds.ts';
import { analysisHold, runStatuses } from './analysis-hold.ts';
import type { Rollout } from './schema.ts';
import { refused, unchanged, type Now, type Steering } from './steer.ts';
import { notArrived, notStable } from './steer-promote.ts';

const SKIP_MS = 10_000;

const AnalysisRun = z.object({
  metadata: z.object({ resourceVersion: z.string() }),
  spec: z.object({ terminate: z.boolean().optional() }),
  status: z.object({ phase: z.string().default('') }).default({ phase: '' }),
});

/** The AnalysisRun to terminate. */
interface Run {
  readonly resourceVersion: string;
  readonly phase: string;
}

/** Patches the Rollout's status, for every way except `terminate`. */
export function skipSteering(hold: AnalysisHold): Steering {
  return {
    decide: (rollout) => decideSkip(rollout, hold),
    missing: (now, before) => notSkipped(now, before, hold),
    withinMs: SKIP_MS,
  };
}

function decideSkip(rollout: Rollout, hold: AnalysisHold): Decision<WriteResult> {
  const now = sameHold(rollout, hold);
  if (typeof now !== 'object') return moved(rollout, hold, now);
  const guard: PatchOperation[] = [
    { op: 'test', path: '/status/currentPodHash', value: hold.podHash },
    { op: 'test', path: `${POINTERS[hold.role]}/name`, value: hold.run },
    { op: 'test', path: `${POINTERS[hold.role]}/status`, value: now.status },
  ];
  const index: PatchOperation[] =
    hold.stepIndex === undefined ? [] : [{ op: 'test', path: '/status/currentStepIndex', value: hold.stepIndex }];
  return {
    patch: [...guard, ...index, ...skipOf(rollout, hold)],
    subresource: 'status',
    done: { changed: true, detail: DONE[hold.way](hold) },
  };
}

const POINTERS: Readonly<Record<AnalysisHold['role'], string>> = {
  step: '/status/canary/currentStepAnalysisRunStatus',
  background: '/status/canary/currentBackgroundAnalysisRunStatus',
  'pre-promotion': '/status/blueGreen/prePromotionAnalysisRunStatus',
  'post-promotion': '/status/blueGreen/postPromotionAnalysisRunStatus',
};

const DONE: Readonly<Record<AnalysisHold['way'], (hold: AnalysisHold) => string>> = {
  'next-step': ({ run, stepIndex }) => `analysis ${run} was skipped: step ${stepIndex} was ended`,
  'end-pause': ({ run, stepIndex }) =>
    `the pause that the inconclusive analysis ${run} had set at step ${stepIndex} was ended; Argo restarts that analysis`,
  'promote-full': ({ run }) =>
    `analysis ${run} was skipped by a full promotion, the only way past an inconclusive analysis`,
  terminate: ({ run }) => `analysis ${run} was ended, which Argo counts as a success`,
};

function skipOf({ status }: Rollout, { way, stepIndex = 0 }: AnalysisHold): PatchOperation[] {
  if (way === 'promote-full') return [{ op: 'add', path: '/status/promoteFull', value: true }];
  const pause: PatchOperation[] = status.pauseConditions?.length
    ? [{ op: 'remove', path: '/status/pauseConditions' }]
    : [];
  if (way === 'end-pause') return pause;
  // If controllerPause stayed true, it would end the next pause step as well.
  return [
    ...pause,
    { op: 'add', path: '/status/controllerPause', value: false },
    { op: 'replace', path: '/status/currentStepIndex', value: stepIndex + 1 },
  ];
}

/** The same hold as before, or the reason why it no longer exists. */
function sameHold(rollout: Rollout, hold: AnalysisHold): AnalysisHold | string | undefined {
  const now = analysisHold(rollout);
  if (typeof now === 'string') return now;
  const same =
    now.run === hold.run && now.way === hold.way && now.podHash === hold.podHash && now.stepIndex === hold.stepIndex;
  return same ? now : undefined;
}

function moved({ status }: Rollout, hold: AnalysisHold, why: string | undefined): Decision<WriteResult> {
  const past =
    status.currentPodHash === hold.podHash &&
    (status.stableRS === hold.podHash ||
      (hold.way === 'next-step' && (status.currentStepIndex ?? 0) > (hold.stepIndex ?? 0)));
  return past
    ? unchanged(`it is past analysis ${hold.run} already`)
    : refused(why ?? `analysis ${hold.run} does not hold it any more`);
}

function notSkipped(now: Now, before: RolloutState, hold: AnalysisHold): string | undefined {
  if (hold.way === 'promote-full') return notStable(now.view, hold.podHash);
  return hold.way === 'terminate' ? notEnded(now, hold) : notArrived(now, before, hold);
}

function notEnded({ rollout, view }: Now, hold: AnalysisHold): string | undefined {
  if (view.podHash !== hold.podHash) return `${hold.podHash} was replaced by ${view.podHash}`;
  if (view.aborted) return 'it was aborted meanwhile';
  if (hold.role === 'post-promotion' || view.stableHash === hold.podHash) return notStable(view, hold.podHash);
  const run = runStatuses(rollout).find(({ role }) => role === hold.role);
  return run?.run === hold.run && run.status === 'Successful'
    ? undefined
    : `the Rollout still shows the analysis as ${run?.status ?? 'unknown'}`;
}

/** Terminates the AnalysisRun itself. The Rollout then continues as after a success. */
export function terminateSteering(client: ClusterClient, target: Target, hold: AnalysisHold): Steering<Run> {
  const ref = { kind: ANALYSIS_RUN, namespace: target.namespace, name: hold.run };
  const read = async () => {
    const { metadata, status } = AnalysisRun.parse(await client.get(ref));
    return { resourceVersion: metadata.resourceVersion, phase: status.phase };
  };
  return {
    decide: (rollout, run) => decideTerminate(rollout, run, hold),
    missing: (now) => notEnded(now, hold),
    withinMs: SKIP_MS,
    subject: { ref, read },
  };
}

function decideTerminate(rollout: Rollout, { phase }: Run, hold: AnalysisHold): Decision<WriteResult> {
  const now = sameHold(rollout, hold);
  if (typeof now !== 'object') return moved(rollout, hold, now);
  if (phase !== 'Running' && phase !== 'Pending') return { wait: `analysis ${hold.run} has just ended as ${phase}` };
  return {
    patch: [{ op: 'add', path: '/spec/terminate', value: true }],
    done: { changed: true, detail: DONE.terminate(hold) },
  };
}

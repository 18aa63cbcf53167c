import type { Ports } from '../src/ports/index.ts';
import { alive } from './alive.ts';
import { analysisActivities, createJudge } from './analysis.ts';
import { guardActivities } from './guard.ts';
import { preflightActivities } from './preflight.ts';
import { proofActivities } from './proof.ts';
import { recordActivities } from './record.ts';
import { recordedJudge } from './record-judgements.ts';
import { recordedProofs } from './record-proofs.ts';
import type { Recorder } from './recorder.ts';
import { rollbackActivities } from './rollback.ts';
import { rolloutActivities } from './rollout.ts';

/**
 * All effects of a release, over ports. Every one may run more than once: it reads before it writes. Without a recorder
 * nothing is kept.
 */
export function createActivities(outer: Ports, recorder?: Recorder) {
  const ports = recorder ? { ...outer, witness: recordedProofs(recorder) } : outer;
  const judge = recorder ? recordedJudge(createJudge(ports), recorder) : createJudge(ports);
  return alive({
    ...preflightActivities(ports, recorder && ((runId) => recorder.lastView(runId))),
    ...rolloutActivities(ports),
    ...proofActivities(ports),
    ...analysisActivities(judge),
    ...guardActivities(ports, judge),
    ...rollbackActivities(ports),
    ...recordActivities(recorder),
  });
}

export type Activities = ReturnType<typeof createActivities>;

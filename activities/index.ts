import type { Ports } from '../src/ports/index.ts';
import { alive } from './alive.ts';
import { analysisActivities, createJudge } from './analysis.ts';
import { guardActivities } from './guard.ts';
import { preflightActivities } from './preflight.ts';
import { proofActivities } from './proof.ts';
import { rollbackActivities } from './rollback.ts';
import { rolloutActivities } from './rollout.ts';

/** All effects of a release, over ports. Every one may run more than once: it reads before it writes. */
export function createActivities(ports: Ports) {
  const judge = createJudge(ports);
  return alive({
    ...preflightActivities(ports),
    ...rolloutActivities(ports),
    ...proofActivities(ports),
    ...analysisActivities(judge),
    ...guardActivities(ports, judge),
    ...rollbackActivities(ports),
  });
}

export type Activities = ReturnType<typeof createActivities>;

import { knownCommands, type Continued, type ContinuedFacts, type Position } from '../src/domain/release/continued.ts';
import type { ReleaseRun } from './release-run.ts';

/** The fields of a run that its successor gets unchanged. The compiler finds a fact that is missing here. */
const FACTS = Object.keys({
  plan: true,
  newHash: true,
  source: true,
  stepIndex: true,
  weightWanted: true,
  proof: true,
  verdict: true,
  waiting: true,
  phase: true,
  reason: true,
  since: true,
  steppedAt: true,
  stop: true,
  skip: true,
  approval: true,
  votes: true,
  stepVotes: true,
  emergencyVotes: true,
  judgedSteps: true,
  passedBy: true,
  promoteAll: true,
  advanced: true,
  withdrawal: true,
  underWay: true,
  window: true,
  override: true,
} satisfies Record<keyof ContinuedFacts, true>) as readonly (keyof ContinuedFacts)[];

/** Everything that the run knows, for the run that continues it. */
export function carried(run: ReleaseRun, position: Position): Continued {
  const facts = Object.fromEntries(FACTS.filter((name) => run[name] !== undefined).map((name) => [name, run[name]]));
  return {
    position,
    record: {
      runIds: [...run.earlierRuns, run.owner.runId],
      startedAt: run.startedAt,
      epoch: run.epoch,
      commands: knownCommands(run.outcomes),
      events: run.events.newest,
      eventsBefore: run.events.before,
      unsent: run.outbox.unsent,
    },
    facts: facts as unknown as ContinuedFacts,
    clock: run.clock.state,
    unjudged: [...run.unjudged],
    promoted: [...run.promoted],
  };
}

/** Takes over what the earlier run knew. `recordOnly`: this run was reset, and what is left behind is not known. */
export function takeOver(run: ReleaseRun, { record, ...continued }: Continued, recordOnly: boolean): void {
  run.startedAt = record.startedAt;
  run.earlierRuns = record.runIds;
  run.epoch = record.epoch;
  run.outcomes.push(...record.commands);
  run.events.takeOver(record.events, record.eventsBefore);
  run.outbox.takeOver(record.unsent);
  // The memo of this run names the first run of its chain already.
  run.chainNamed = true;
  if (recordOnly) return;
  Object.assign(run, continued.facts);
  run.clock.takeOver(continued.clock);
  for (const [index, why] of continued.unjudged) run.unjudged.set(index, why);
  for (const index of continued.promoted) run.promoted.add(index);
  run.tell();
}

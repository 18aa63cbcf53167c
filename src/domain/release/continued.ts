import type { Vote } from './approval.ts';
import type { EmergencyVotes, StepVotes } from './phase-approvals.ts';
import type { Verdict } from '../analysis/verdict.ts';
import type { CommandOutcome } from './command.ts';
import type { RecordLine } from './record.ts';
import type { StopCause } from './stop.ts';
import type { ReleaseEvent, ReleaseView } from './view.ts';

/** The course of one step. Its evidence and its soak continue across a repaired drift and in the next run. */
export interface Course {
  readonly index: number;
  /** When the weight of this step was first proved (epoch ms). */
  from?: number;
  /** The remaining soak, on the release's own clock. */
  soakLeftMs: number;
  /** The step has passed, and Argo has not gone on from it yet. For a release that watches. */
  decided?: true;
  /** A person accepted that this step failed. */
  accepted?: true;
  /** Drifts of this step that were repaired. */
  drifts: number;
  /** The step was held before: by an earlier run, or before windows closed. */
  continued?: true;
  /** The step has failed, and a person is asked. `moving`: the weight is not in force yet. */
  failure?: { readonly verdict: Verdict; readonly moving: boolean };
}

/** Where the next run of a release continues. `step`: the step is held. `back`: the release is rolled back. */
export type Position =
  | { readonly at: 'approval' }
  | { readonly at: 'step'; readonly course: Course }
  | { readonly at: 'back'; readonly cause: StopCause };

/** The release's own clock. `left`: the rest of each wait that was interrupted, in ms, by its name. */
export interface ClockState {
  readonly paused: boolean;
  readonly ranMs: number;
  readonly left: readonly (readonly [string, number])[];
}

/** What the record of the release consists of. A run that was reset keeps it too. */
export interface ContinuedRecord {
  /** Run ids of all earlier runs, the oldest first. */
  readonly runIds: readonly string[];
  readonly startedAt: number;
  readonly epoch: number;
  readonly commands: readonly CommandOutcome[];
  readonly events: readonly ReleaseEvent[];
  readonly eventsBefore: number;
  /** Records that were not in the journal when the run ended. */
  readonly unsent: readonly RecordLine[];
}

/** The fields of a run that its successor gets unchanged. */
export type ContinuedFacts = Pick<
  ReleaseView,
  'plan' | 'newHash' | 'source' | 'stepIndex' | 'weightWanted' | 'proof' | 'verdict' | 'waiting' | 'window'
> & {
  readonly phase: ReleaseView['state'];
  readonly reason: string;
  readonly since?: number;
  readonly steppedAt?: number;
  readonly stop?: StopCause;
  readonly skip?: { readonly index: number; readonly who: string; readonly why: string };
  readonly approval?: { readonly approved: boolean; readonly who: string };
  readonly votes?: readonly Vote[];
  readonly stepVotes?: StepVotes;
  readonly emergencyVotes?: EmergencyVotes;
  readonly judgedSteps: number;
  readonly passedBy?: string;
  readonly promoteAll: boolean;
  readonly advanced: number;
  readonly withdrawal?: { readonly done: boolean; readonly detail: string };
  readonly underWay: boolean;
  readonly override?: { readonly who: string; readonly why: string; readonly windows: readonly string[] };
};

/** Everything that a run knows, for the run that continues it. It is plain JSON of bounded size. */
export interface Continued {
  readonly position: Position;
  readonly record: ContinuedRecord;
  readonly facts: ContinuedFacts;
  readonly clock: ClockState;
  readonly unjudged: readonly (readonly [number, string])[];
  readonly promoted: readonly number[];
}

/** Commands that the next run knows in full. Of older ones it knows that they were handled, and with what outcome. */
const FULL_COMMANDS = 200;
/** Commands that the next run knows. A request id that is older than these acts again. */
const KNOWN_COMMANDS = 3_000;
const OLD_DETAIL = 'handled in an earlier run of this release';

/** The outcomes that the next run gets, the oldest first. Temporal limits its input to 2 MB. */
export function knownCommands(commands: readonly CommandOutcome[]): readonly CommandOutcome[] {
  const known = commands.slice(-KNOWN_COMMANDS);
  const old = known.length - FULL_COMMANDS;
  return known.map((one, index) => (index < old ? { ...one, detail: OLD_DETAIL } : one));
}

/** Size of the records that the next run gets, in characters of JSON. */
const UNSENT_SIZE = 250_000;

/**
 * The records that the next run writes to the journal, the oldest first. A snapshot that a later one replaces is left
 * out. After a long outage of the journal the oldest records are left out.
 */
export function unsentRecords(lines: readonly RecordLine[]): readonly RecordLine[] {
  const last = lines.findLast(({ kind }) => kind === 'release');
  const kept = lines.filter((line) => line.kind !== 'release' || line === last);
  let size = 0;
  const begin = kept.findLastIndex((line) => (size += JSON.stringify(line).length) > UNSENT_SIZE);
  return kept.slice(begin + 1);
}

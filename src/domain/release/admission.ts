import type { ErrorCode } from '../errors.ts';
import { noPerson, notCounted, type Ballot } from './approval.ts';
import type { Outcome } from '../analysis/verdict.ts';
import type { Command, CommandName } from './command.ts';
import type { ClosedState, ReleaseState } from './state.ts';
import { asksApproval, type Waiting } from './view.ts';

/** The position of a release when a command arrives. `state` is never `paused` here: the field `paused` says so. */
export interface Situation {
  readonly state: ReleaseState;
  readonly paused: boolean;
  readonly stopping: boolean;
  /** The state in which the release ends. Present when only its record is still to be written. */
  readonly ending?: ClosedState;
  readonly manualPromotion: boolean;
  /** Argo goes on from the present step by itself. */
  readonly watches?: true;
  readonly waiting?: Waiting;
  readonly verdict?: Outcome;
  /** Index of the current step and number of steps. Both are 0 before there is a plan. */
  readonly step: number;
  readonly steps: number;
  /** Present while named people have to approve. */
  readonly ballot?: Ballot;
  /** Nobody is named, and the approval of the start counts from a person only. */
  readonly approvalByPerson?: true;
  /** Named people have to approve before the present step is left. */
  readonly stepApprovers?: true;
  /** For each command that goes past a safeguard: the named people who have to agree. Absent: nobody is named. */
  readonly emergency?: Readonly<Partial<Record<CommandName, Ballot>>>;
  /** The run id and all its aliases: the ids before a reset or continue-as-new. */
  readonly runIds: readonly string[];
}

export interface CommandRefusal {
  readonly code: ErrorCode;
  readonly message: string;
}

const STEP_STATES: readonly ReleaseState[] = [
  'starting',
  'shifting',
  'verifying',
  'soaking',
  'judging',
  'waiting-for-decision',
  'waiting-for-window',
];
const JUDGED_STATES: readonly ReleaseState[] = ['soaking', 'judging', 'waiting-for-decision'];

const refuse = (code: ErrorCode, message: string): CommandRefusal => ({ code, message });

/** The reason why a command is refused now. Undefined when it is allowed. The function decides nothing else. */
export function refusalOf(command: Command, at: Situation): CommandRefusal | undefined {
  if (at.ending) return refuseAtEnd(command, at.ending);
  const stale = refuseStale(command, at);
  if (stale) return stale;
  switch (command.name) {
    case 'pause':
      return refusePause(at);
    case 'resume':
      return at.paused || at.waiting?.for === 'human'
        ? undefined
        : refuse('NOT_WAITING', `the release is not paused; it is ${at.state}`);
    case 'promote':
      return refusePromote(command, at);
    case 'abort':
      return at.stopping ? refuse('NOT_WAITING', 'the release is already being rolled back') : undefined;
    case 'skip-analysis':
      return refuseSkip(command, at) ?? refuseEmergency(command, at);
    case 'approve':
      return refuseAnswer(at) ?? refuseApproval(command, at);
    case 'reject':
      return refuseAnswer(at);
    case 'override-windows':
      return refuseOverride(command, at) ?? refuseEmergency(command, at);
  }
}

function refuseAtEnd({ name }: Command, ending: ClosedState): CommandRefusal {
  return name === 'abort' && ending === 'succeeded'
    ? refuse('TOO_LATE', 'the new version is already the stable one; the release is ending as succeeded')
    : refuse('RELEASE_CLOSED', `the release has ended: ${ending}`);
}

/** Refuses a command that was meant for an earlier step or run. */
function refuseStale(command: Command, at: Situation): CommandRefusal | undefined {
  if (command.runId !== undefined && !at.runIds.includes(command.runId))
    return refuse(
      'STALE_COMMAND',
      `the command is for the run ${command.runId}; the run of this target is now ${at.runIds[0]}, ${at.state}`,
    );
  if (command.step === undefined || command.step === at.step || command.name === 'abort') return undefined;
  return refuse(
    'STALE_COMMAND',
    `the command is for step ${command.step + 1} (index ${command.step}); the release is at step ${at.step + 1} of ${at.steps} (index ${at.step}), ${at.state}`,
  );
}

function refusePause(at: Situation): CommandRefusal | undefined {
  if (at.paused) return refuse('NOT_WAITING', 'the release is paused already');
  if (at.stopping) return refuse('NOT_WAITING', 'the release is being rolled back, and a pause does not stop that');
  if (at.watches)
    return refuse('NOT_WAITING', 'Argo goes on by its own steps, which a pause of this release does not stop');
  return at.state === 'promoting'
    ? refuse('NOT_WAITING', 'every step has passed and the promotion is under way')
    : undefined;
}

function refusePromote(command: Command, at: Situation): CommandRefusal | undefined {
  const hold = refuseUnlessStep('promote', STEP_STATES, at);
  if (hold) return hold;
  if (at.waiting?.for === 'decision')
    return refuse(
      'VERDICT_NOT_PASSED',
      `the step was judged ${at.verdict ?? 'not yet'}; promote never advances an unjudged step`,
    );
  if (at.stepApprovers && !command.all)
    return refuse(
      'NOT_WAITING',
      'named people have to approve before this step is left; promote does not stand for that',
    );
  if (!at.manualPromotion && !command.all)
    return refuse(
      'NOT_WAITING',
      at.watches ? 'Argo goes on from this step by itself' : 'this release advances by itself after each pass',
    );
  return undefined;
}

function refuseSkip(command: Command, at: Situation): CommandRefusal | undefined {
  if (!command.why?.trim()) return refuse('REASON_REQUIRED', 'skipping the analysis needs a reason');
  if (at.waiting?.for === 'step-approval')
    return refuse('NOT_WAITING', 'the step has passed already; it waits for the approval of named people');
  return refuseUnlessStep('skip-analysis', JUDGED_STATES, at);
}

function refuseAnswer(at: Situation): CommandRefusal | undefined {
  return asksApproval(at.waiting)
    ? undefined
    : refuse('NOT_WAITING', `the release does not wait for an approval; it is ${at.state}`);
}

function refuseApproval({ sender }: Command, { ballot, approvalByPerson }: Situation): CommandRefusal | undefined {
  const why = ballot ? notCounted(ballot, sender) : approvalByPerson && noPerson(sender);
  return why === undefined ? undefined : refuse('APPROVAL_NOT_COUNTED', why);
}

function refuseEmergency({ name, sender }: Command, { emergency }: Situation): CommandRefusal | undefined {
  const ballot = emergency?.[name];
  const why = ballot && notCounted(ballot, sender);
  return why === undefined ? undefined : refuse('APPROVAL_NOT_COUNTED', `${name} needs named people: ${why}`);
}

function refuseOverride(command: Command, at: Situation): CommandRefusal | undefined {
  if (!command.why?.trim()) return refuse('REASON_REQUIRED', 'overriding windows needs a reason');
  return at.waiting?.for === 'window'
    ? undefined
    : refuse('NOT_WAITING', `the release does not wait for its windows; it is ${at.state}`);
}

function refuseUnlessStep(name: string, states: readonly ReleaseState[], at: Situation): CommandRefusal | undefined {
  if (at.stopping) return refuse('NOT_WAITING', 'the release is being rolled back');
  if (at.paused) return refuse('NOT_WAITING', `the release is paused: resume it before ${name}`);
  return states.includes(at.state)
    ? undefined
    : refuse('NOT_WAITING', `${name} does not apply while the release is ${at.state}`);
}

import { ballotOf, namesOf, neverEnough, type Approvers, type Ballot, type Vote } from './approval.ts';
import type { CommandName } from './command.ts';

/**
 * When people have to approve, besides the start. `step`: before the release leaves a weight. `promotion`: before the
 * new version becomes the stable one. `emergency`: before a command goes past a safeguard.
 */
export const APPROVAL_PHASES = ['step', 'promotion', 'emergency'] as const;

export interface PhaseApprovers extends Approvers {
  readonly phase: (typeof APPROVAL_PHASES)[number];
  /** For `step` only: the weights in percent. */
  readonly weights?: readonly number[];
}

/** Approvals of one step. Votes for another step are votes for nothing. */
export interface StepVotes {
  /** Index of the step. */
  readonly index: number;
  readonly votes: readonly Vote[];
  /** Enough people have approved. */
  readonly approved: boolean;
}

/** Approvals of one emergency command for one step. `at`: when the first was given, epoch ms. */
export interface EmergencyVotes {
  readonly command: (typeof EMERGENCY_COMMANDS)[number];
  readonly index: number;
  readonly at: number;
  readonly votes: readonly Vote[];
}

/** What matters here of a step of a plan. */
interface Step {
  readonly weight: number;
  readonly pauseIndex?: number;
  readonly watched?: object;
}

type Phases = readonly PhaseApprovers[] | undefined;
type Steps = readonly Step[];

/** Who has to approve before the release leaves this step. */
export function approversOfStep(phases: Phases, steps: Steps, index: number): PhaseApprovers | undefined {
  const last = index === steps.length - 1;
  return phases?.find(({ phase, weights }) =>
    last ? phase === 'promotion' : phase === 'step' && weights?.includes(steps[index]?.weight as number),
  );
}

/** Commands that go past a safeguard: the judge, or the windows. */
export const EMERGENCY_COMMANDS = ['skip-analysis', 'override-windows'] as const satisfies readonly CommandName[];

/** Who has to agree to a command that goes past a safeguard. Undefined if the sender's permission is enough. */
export function approversOfEmergency(phases: Phases): PhaseApprovers | undefined {
  return phases?.find(({ phase }) => phase === 'emergency');
}

/** Why these approvals do not fit the steps of a plan. Undefined if they do. */
export function misplaced(phases: Phases, steps: Steps): string | undefined {
  const weights = steps.map(({ weight }) => weight);
  for (const weight of phases?.flatMap((one) => one.weights ?? []) ?? []) {
    const index = weights.indexOf(weight);
    if (index < 0) return `weight ${weight} is no step of this release, which has ${weights.join(', ')}`;
    if (index === weights.length - 1)
      return `after its last weight, ${weight}, the version is promoted: name the phase promotion for it`;
  }
  const passing = steps.findIndex((step, index) => goesOnAlone(step) && approversOfStep(phases, steps, index));
  return passing < 0
    ? undefined
    : `Argo goes on from weight ${weights[passing]} by itself, so no approval can hold the release there`;
}

const goesOnAlone = ({ watched, pauseIndex }: Step): boolean => watched !== undefined && pauseIndex === undefined;

/** Why one of these approvals can never be given. Undefined if all can, or if groups decide it. */
export function neverEnoughIn(phases: Phases, startedBy: string | undefined): string | undefined {
  return phases
    ?.map((one) => ({ one, problem: neverEnough(one, startedBy) }))
    .flatMap(({ one, problem }) => (problem === undefined ? [] : [`${momentOf(one)}: ${problem}`]))[0];
}

/** When these approvals are needed. */
export function momentOf({ phase, weights = [] }: PhaseApprovers): string {
  if (phase === 'promotion') return 'before the promotion';
  if (phase === 'emergency') return `for ${EMERGENCY_COMMANDS.join(' and ')}`;
  return `before weight ${weights.join(' or ')} is left`;
}

/** These approvals in one line. */
export function phaseText(one: PhaseApprovers): string {
  return `${momentOf(one)}: ${one.count} of: ${namesOf(one)}`;
}

/** What a running release knows about its approvals. `timeouts.approvalMs`: in ms. */
export interface Voting {
  readonly input: {
    readonly spec: {
      readonly approvers?: Approvers;
      readonly approvalByPerson?: true;
      readonly approvals?: readonly PhaseApprovers[];
      readonly timeouts: { readonly approvalMs: number };
    };
    readonly starter?: string;
  };
  readonly plan?: { readonly steps: Steps };
  readonly stepIndex: number;
  readonly waiting?: { readonly for: string };
  readonly votes: readonly Vote[];
  readonly stepVotes?: StepVotes;
  readonly emergencyVotes?: EmergencyVotes;
}

/** Who has to approve before the present step is left. */
export function approversNow({ input, plan, stepIndex }: Pick<Voting, 'input' | 'plan' | 'stepIndex'>) {
  return approversOfStep(input.spec.approvals, plan?.steps ?? [], stepIndex);
}

/** The approvals of the present step so far. */
export function votesForStep({ stepVotes, stepIndex }: Pick<Voting, 'stepVotes' | 'stepIndex'>): readonly Vote[] {
  return stepVotes?.index === stepIndex ? stepVotes.votes : [];
}

/** The votes for this command in the present step. They expire after `timeouts.approval`. `now`: epoch ms. */
export function votesForCommand(
  { emergencyVotes: found, stepIndex, input }: Pick<Voting, 'emergencyVotes' | 'stepIndex' | 'input'>,
  name: EmergencyVotes['command'],
  now: number,
): EmergencyVotes | undefined {
  if (found?.command !== name || found.index !== stepIndex) return undefined;
  return now - found.at > input.spec.timeouts.approvalMs ? undefined : found;
}

/** What commands are checked against now: src/domain/release/admission.ts. `now`: epoch ms. */
export function ballotsNow(voting: Voting, now: number) {
  const { spec, starter } = voting.input;
  const step = approversNow(voting);
  const forStep = voting.waiting?.for === 'step-approval';
  const named = forStep ? step : spec.approvers;
  const emergency = approversOfEmergency(spec.approvals);
  const ballotFor = (name: EmergencyVotes['command'], approvers: PhaseApprovers): Ballot =>
    ballotOf(approvers, votesForCommand(voting, name, now)?.votes ?? [], starter);
  return {
    ...(named && { ballot: ballotOf(named, forStep ? votesForStep(voting) : voting.votes, starter) }),
    ...(spec.approvalByPerson && { approvalByPerson: true as const }),
    ...(step && { stepApprovers: true as const }),
    ...(emergency && {
      emergency: Object.fromEntries(EMERGENCY_COMMANDS.map((name) => [name, ballotFor(name, emergency)])),
    }),
  };
}

import type { SequentialSettings } from '../../release/plan.ts';
import type { ArmBlock, Block } from '../block-test.ts';
import type { TimedBlock } from '../blocks.ts';
import { readQuestion, slowName } from '../question-name.ts';
import { answer, askQuestion, learnStable, newStep, type Moment, type QuestionState } from '../sequential/question.ts';
import { boundsOfShares } from '../sequential/questions.ts';
import { logE, logSum } from '../sequential/wealth.ts';

/** What is known of one tool. Plain JSON of bounded size. */
interface ToolState {
  readonly errors: QuestionState;
  /** Absent while stable has not answered enough calls of the tool to choose a bound. */
  readonly slow?: { readonly ms: number; readonly question: QuestionState };
  /** Stable's answers so far: their number, and how many exceeded each bound (ms). Absent once there is a bound. */
  readonly tally?: { readonly requests: number; readonly slower: Readonly<Record<string, number>> };
}

/** The tools that are judged, in the order in which stable first answered them. */
export type ToolsState = Readonly<Record<string, ToolState>>;

/** Tools that are judged by themselves. Further ones count only in the judgement over all. */
export const MOST_TOOLS = 16;
/** Part of the alarm budget for the judgement over all. The tools share the rest in equal parts. */
const OVER_ALL = 0.5;
/** Each tool has a question about errors and one about slow answers. */
const QUESTION = (1 - OVER_ALL) / (2 * MOST_TOOLS);
/** Stable's calls of a tool before a bound of slow answers is chosen. */
const ENOUGH_TO_CHOOSE = 20;

type Margins = Pick<SequentialSettings, 'errorsMargin' | 'slowMargin' | 'slowerThanMs'>;

/** Whether a block counts for the current step, or only shows how stable behaves. */
export type Counts = 'in-step' | 'earlier-step' | 'warm-up';

/** The states after one block. Errors and slow answers of each tool are bet on by what earlier blocks have shown. */
export function addToTools(
  state: ToolsState,
  tools: TimedBlock['tools'],
  margins: Margins,
  moment: Moment,
  counts: Counts,
): ToolsState {
  let next = state;
  for (const [name, questions] of Object.entries(tools ?? {})) {
    const before = next[name];
    if (before) next = { ...next, [name]: addTo(before, questions, margins, moment, counts) };
    else if (Object.keys(next).length < MOST_TOOLS && isAnswered(questions))
      next = { ...next, [name]: begun(questions, moment) };
  }
  return next;
}

/** A name that callers made up is never answered well. A tool that only the new version has cannot be compared. */
function isAnswered({ errors }: TimedBlock['questions']): boolean {
  return errors !== undefined && errors.stable.requests > errors.stable.bad;
}

/** The block with which a tool begins is no evidence, because it was chosen by that block. */
function begun({ errors = NO_BLOCK, ...questions }: TimedBlock['questions'], moment: Moment): ToolState {
  return { errors: learnStable(askQuestion([]), errors.stable, moment), tally: tallied(undefined, questions) };
}

function addTo(
  { errors, slow, tally }: ToolState,
  questions: TimedBlock['questions'],
  { errorsMargin, slowMargin, slowerThanMs }: Margins,
  moment: Moment,
  counts: Counts,
): ToolState {
  const next = { errors: after(errors, questions['errors'], errorsMargin, moment, counts) };
  if (slow) {
    const question = after(slow.question, questions[slowName(slow.ms)], slowMargin, moment, counts);
    return { ...next, slow: { ms: slow.ms, question } };
  }
  const sum = tallied(tally, questions);
  const ms = slowerThanMs ? slowerThanMs.at(-1) : sum.requests < ENOUGH_TO_CHOOSE ? undefined : boundOf(sum);
  return ms === undefined ? { ...next, tally: sum } : { ...next, slow: { ms, question: askQuestion([]) } };
}

function after(
  question: QuestionState,
  block: Block | undefined,
  delta: number,
  moment: Moment,
  counts: Counts,
): QuestionState {
  if (!block) return question;
  return counts === 'warm-up'
    ? learnStable(question, block.stable, moment)
    : answer(question, block, delta, moment, counts === 'in-step');
}

const NO_ANSWERS: ArmBlock = { requests: 0, bad: 0 };
const NO_BLOCK: Block = { candidate: NO_ANSWERS, stable: NO_ANSWERS };

function tallied(tally: ToolState['tally'], questions: TimedBlock['questions']): NonNullable<ToolState['tally']> {
  const slow = Object.entries(questions).filter(([name]) => name.startsWith('slow-'));
  const requests = Math.max(0, ...slow.map(([, { stable }]) => stable.requests));
  const slower = slow.map(([name, { stable }]) => [name, (tally?.slower[name] ?? 0) + stable.bad] as const);
  return { requests: (tally?.requests ?? 0) + requests, slower: Object.fromEntries(slower) };
}

/** The slowest bound in the tail of stable's answers, as for all answers together. */
function boundOf({ requests, slower }: NonNullable<ToolState['tally']>): number | undefined {
  const known = Object.keys(slower)
    .map((name) => Number(readQuestion(name)?.slowerThanMs))
    .sort((a, b) => a - b);
  return boundsOfShares(known, (ms) => (slower[slowName(ms)] ?? 0) / requests).at(-1);
}

/** Begins a new weight. */
export function toolsInStep(state: ToolsState): ToolsState {
  const renewed = Object.entries(state).map(([name, { errors, slow, ...tool }]) => {
    const inStep = slow ? { slow: { ...slow, question: newStep(slow.question) } } : {};
    return [name, { ...tool, errors: newStep(errors), ...inStep }] as const;
  });
  return Object.fromEntries(renewed);
}

/**
 * Logarithm of the mean e-value for "worse" of everything that is judged. A question that was not asked yet has the
 * e-value 1. The parts add up to 1, so the mean is an e-value, and one budget holds for all of it.
 */
export function meanWithTools(overAll: number, state: ToolsState): number {
  const asked = Object.values(state).flatMap(({ errors, slow }) => [errors, ...(slow ? [slow.question] : [])]);
  const unasked = 1 - OVER_ALL - asked.length * QUESTION;
  const rest = unasked > 1e-9 ? Math.log(unasked) : Number.NEGATIVE_INFINITY;
  return asked.reduce(
    (sum, { worse }) => logSum(sum, Math.log(QUESTION) + logE(worse)),
    logSum(Math.log(OVER_ALL) + overAll, rest),
  );
}

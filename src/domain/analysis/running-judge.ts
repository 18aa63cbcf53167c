import type { SequentialSettings } from '../release/plan.ts';
import type { Block } from './block-test.ts';
import type { TimedBlock } from './blocks.ts';
import { findingOf } from './sequential/finding.ts';
import { answer, askQuestion, learnStable, newStep, type QuestionState } from './sequential/question.ts';
import { boundsInTail, logMean, questionsOf, type Question } from './sequential/questions.ts';
import { logE } from './sequential/wealth.ts';
import { countsOf, isNewPoint, withPending, type PendingCounts } from './thinned-trail.ts';
import { addToTools, meanWithTools, toolsInStep, type ToolsState } from './tools/tool-judge.ts';
import { toolFindings } from './tools/tool-findings.ts';
import type { TrailPoint } from './trail.ts';
import type { Finding, Judged } from './verdict.ts';
import { plural } from '../plural.ts';

/** A weight in force. */
export interface JudgedStep {
  /**
   * Percent of the traffic for the new version. At 100 it is compared with stable's past. If absent, it is less than
   * 100.
   */
  readonly weight?: number;
  /** Epoch ms at which the weight came into force. Blocks that begin earlier are no evidence for this step. */
  readonly from: number;
}

/**
 * The state of the sequential judge after the blocks so far. It is plain JSON of bounded size, so that it can be stored
 * and continued. The cost of a look depends on the number of new blocks, not on the duration of the release.
 */
export interface JudgeState {
  readonly version: 2;
  /** Bounds of slow answers that are judged, in ms. */
  readonly bounds: readonly number[];
  readonly questions: Readonly<Record<string, QuestionState>>;
  /** The tools of an MCP server. Absent: only all answers together are judged. */
  readonly tools?: ToolsState;
  /** The highest logarithm of the mean e-value for "worse" so far. */
  readonly mostWorse: number;
  readonly blocks: number;
  readonly step: JudgedStep;
  /** Epoch ms from which blocks are evidence, and the end of the newest block. */
  readonly startsAt: number;
  readonly newest: number;
  /** By proxy: the end of the last block in the trail. */
  readonly lastPoint: Readonly<Record<string, number>>;
  /** Counts since that point. Absent in checkpoints of older versions, whose points were closer. */
  readonly pending?: PendingCounts;
}

/**
 * `past`: blocks of the time before `startsAt`. `known`: the bounds that the proxy counts, in ms, ascending. `byTool`:
 * whether the tools of an MCP server are judged by themselves too.
 */
export function startJudge(
  settings: SequentialSettings,
  past: readonly TimedBlock[],
  known: readonly number[],
  startsAt: number,
  byTool = false,
): JudgeState {
  const bounds = settings.slowerThanMs ?? boundsInTail(past, known);
  const questions = questionsOf(settings, bounds).map(({ name }) => {
    const stable = past.flatMap(({ from, to, questions: counted }) => {
      const block = counted[name];
      return block ? [{ from, to, ...block.stable }] : [];
    });
    return [name, askQuestion(stable)] as const;
  });
  return {
    version: 2,
    bounds,
    questions: Object.fromEntries(questions),
    mostWorse: Number.MIN_SAFE_INTEGER,
    blocks: 0,
    step: { from: startsAt },
    startsAt,
    newest: startsAt,
    lastPoint: {},
    ...(byTool && { tools: pastOfTools(settings, past) }),
  };
}

function pastOfTools(settings: SequentialSettings, past: readonly TimedBlock[]): ToolsState {
  return past.reduce<ToolsState>((tools, block) => learnTools(settings, tools, block, block.to - block.from), {});
}

/** Adds a block that only shows how stable behaves. */
function learnTools(settings: SequentialSettings, tools: ToolsState, block: TimedBlock, ms: number): ToolsState {
  const moment = { ms, ageMs: 0, at: block.to, comparedWith: 'stable' as const };
  return addToTools(tools, block.tools, settings, moment, 'warm-up');
}

/**
 * Adds blocks in the order in which they ended. Blocks that begin before `startsAt` only show how stable behaves.
 * `step`: the weight in force now. A later step begins a proof of its own. The evidence for "worse" continues across
 * steps.
 */
export function addBlocks(
  settings: SequentialSettings,
  state: JudgeState,
  blocks: readonly TimedBlock[],
  step: JudgedStep,
): { readonly state: JudgeState; readonly trail: readonly TrailPoint[] } {
  const asked = questionsOf(settings, state.bounds);
  const trail: TrailPoint[] = [];
  let next = blocks.length > 0 || step.weight !== state.step.weight ? inStep(state, step) : state;
  for (const block of blocks) {
    if (block.from < state.startsAt) {
      next = warmUp(settings, next, block);
      continue;
    }
    const { state: judged, point } = addOne(settings, asked, next, block);
    const whole = withPending(point, next.pending?.[block.instance]);
    // A decision shows in the trail at once, with everything that was counted until then.
    const decides = concludes(settings.alpha, judged) !== concludes(settings.alpha, next);
    const isPoint = decides || isNewPoint(state.startsAt, next.lastPoint[block.instance], block.to);
    if (isPoint) trail.push(whole);
    next = noted(judged, block, isPoint ? undefined : countsOf(whole));
  }
  return { state: next, trail };
}

/** `pending`: what the proxy has counted since its last point. Undefined: the block is a point itself. */
function noted(
  state: JudgeState,
  { instance, to }: TimedBlock,
  pending: TimedBlock['questions'] | undefined,
): JudgeState {
  const waiting = { ...state.pending, [instance]: pending ?? {} };
  return pending
    ? { ...state, pending: waiting }
    : { ...state, pending: waiting, lastPoint: { ...state.lastPoint, [instance]: to } };
}

/** `inStep`: requests to the new version at the current weight. `known`: the bounds that both versions have. */
export function verdictOf(
  settings: SequentialSettings,
  state: JudgeState,
  { inStep, minRequests, known }: { inStep: number; minRequests: number; known: readonly number[] },
): { readonly outcome: Judged; readonly findings: readonly Finding[] } {
  const { alpha } = settings;
  const seen = { blocks: state.blocks, againstPast: state.step.weight === 100 };
  const findings = questionsOf(settings, state.bounds).map((question): Finding => {
    const { name, slowerThanMs } = question;
    if (known.length > 0 && slowerThanMs !== undefined && !known.includes(slowerThanMs))
      return missing(name, slowerThanMs, known);
    return findingOf(question, state.questions[name] as QuestionState, { alpha, ...seen });
  });
  const ofTools = state.tools
    ? toolFindings(state.tools, { settings, ...seen, failed: concludes(alpha, state) === 'fail' })
    : [];
  return {
    outcome: outcomeOf(settings, state, findings, { inStep, minRequests }),
    findings: [...withTraffic(findings, inStep, minRequests), ...ofTools],
  };
}

/**
 * What is proved. `fail`: the weighted mean of the e-values for "worse" has reached 1/α in the release. `pass`: every
 * question has its own proof of "not worse" in this step, which needs no correction (Berger, Technometrics 24, 1982).
 */
export function concludes(alpha: number, { mostWorse, questions }: JudgeState): 'fail' | 'pass' | 'open' {
  const bound = -Math.log(alpha);
  if (mostWorse >= bound) return 'fail';
  return Object.values(questions).every(({ mostNotWorse }) => mostNotWorse >= bound) ? 'pass' : 'open';
}

function inStep(state: JudgeState, step: JudgedStep): JudgeState {
  if (step.from < state.step.from) return state;
  const isFirst = state.blocks === 0;
  if (step.from === state.step.from || isFirst) return { ...state, step };
  const tools = state.tools ? { tools: toolsInStep(state.tools) } : {};
  return { ...state, step, questions: mapValues(state.questions, newStep), ...tools };
}

function warmUp(settings: SequentialSettings, state: JudgeState, block: TimedBlock): JudgeState {
  const ms = Math.max(0, Math.min(block.to - block.from, block.to - state.newest));
  return {
    ...state,
    ...(state.tools && { tools: learnTools(settings, state.tools, block, ms) }),
    questions: mapValues(state.questions, (question, name) =>
      learnStable(question, block.questions[name]?.stable ?? NOTHING, { ms, at: block.to }),
    ),
  };
}

const NOTHING: Block['stable'] = { requests: 0, bad: 0 };

function addOne(
  settings: SequentialSettings,
  asked: readonly Question[],
  state: JudgeState,
  block: TimedBlock,
): { readonly state: JudgeState; readonly point: TrailPoint } {
  const counts = block.from >= state.step.from;
  const moment = {
    ms: Math.max(0, block.to - state.newest),
    ageMs: Math.max(0, block.from - state.step.from),
    at: block.to,
    comparedWith: state.step.weight === 100 && counts ? ('past' as const) : ('stable' as const),
  };
  const questions: Record<string, QuestionState> = {};
  const points: Record<string, TrailPoint['questions'][string]> = {};
  for (const { name, delta } of asked) {
    const before = state.questions[name] as QuestionState;
    const counted = block.questions[name];
    const after = counted ? answer(before, counted, delta, moment, counts) : before;
    questions[name] = after;
    if (counted) points[name] = { block: counted, worse: logE(after.worse), notWorse: logE(after.notWorse) };
  }
  const tools =
    state.tools && addToTools(state.tools, block.tools, settings, moment, counts ? 'in-step' : 'earlier-step');
  const overAll = logMean(asked, (name) => logE((questions[name] as QuestionState).worse));
  const worse = tools ? meanWithTools(overAll, tools) : overAll;
  return {
    state: {
      ...state,
      questions,
      ...(tools && { tools }),
      mostWorse: Math.max(state.mostWorse, worse),
      blocks: state.blocks + 1,
      newest: Math.max(state.newest, block.to),
    },
    point: { at: block.to, instance: block.instance, questions: points, worse },
  };
}

/**
 * A bound without a bucket in Traefik cannot be counted. A finding reports this, so that nobody assumes a comparison.
 */
function missing(metric: string, ms: number, known: readonly number[]): Finding {
  return {
    metric,
    outcome: 'no-data',
    reason: `${metric}: the proxy does not count a bucket that ends at ${ms} ms for both versions; both have ${known.join(', ')} ms`,
  };
}

function outcomeOf(
  { alpha }: SequentialSettings,
  state: JudgeState,
  findings: readonly Finding[],
  { inStep: requests, minRequests }: { inStep: number; minRequests: number },
): Judged {
  if (concludes(alpha, state) === 'fail') return 'fail';
  if (state.blocks === 0 || findings.some(({ outcome }) => outcome === 'no-data')) return 'no-data';
  if (requests < Math.max(1, minRequests)) return 'too-little-traffic';
  return findings.every(({ outcome }) => outcome === 'pass') ? 'pass' : 'inconclusive';
}

function withTraffic(findings: readonly Finding[], requests: number, minRequests: number): readonly Finding[] {
  const needed = Math.max(1, minRequests);
  if (requests >= needed) return findings;
  return [
    ...findings,
    {
      metric: 'requests',
      outcome: 'too-little-traffic',
      measured: requests,
      limit: needed,
      reason: `${plural(Math.round(requests), 'request')} to the new version at this weight, ${needed} needed`,
    },
  ];
}

function mapValues<T>(of: Readonly<Record<string, T>>, change: (value: T, name: string) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, change(value, name)]));
}

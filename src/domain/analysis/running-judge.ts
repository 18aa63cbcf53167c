import type { SequentialSettings } from '../release/plan.ts';
import type { TimedBlock } from './blocks.ts';
import { clumping } from './clumping.ts';
import { logMeanWorse, weigh, type Evidence, type SequentialSpec } from './evidence.ts';
import { isNewStretch } from './stretch.ts';
import { finding, questionsOf, withTraffic, type Best, type TrailPoint } from './sequential-judge.ts';
import type { Finding, Judged } from './verdict.ts';

/**
 * The sequential judge after the blocks so far. Plain JSON of bounded size, so that it can be kept and gone on with:
 * the cost of a look depends on the blocks that are new, not on how long the release has been watched.
 */
export interface JudgeState {
  /** Bounds of slow answers that are asked about, in ms. */
  readonly bounds: readonly number[];
  /** Dispersion of the stable version before the release, by question. */
  readonly phi: Readonly<Record<string, number>>;
  readonly evidence: Evidence;
  readonly best: Readonly<Record<string, Best>>;
  /** The highest logarithm that the mean e-value for "worse" has reached. */
  readonly mostWorse: number;
  readonly blocks: number;
  /** Epoch ms from which blocks are evidence, and the end of the last one that is in the trail. */
  readonly startsAt: number;
  readonly lastPoint: Readonly<Record<string, number>>;
}

/** `past`: blocks of the time before `startsAt`. `known`: the bounds that Traefik counts, in ms, ascending. */
export function startJudge(
  settings: SequentialSettings,
  past: readonly TimedBlock[],
  known: readonly number[],
  startsAt: number,
): JudgeState {
  const bounds = settings.slowerThanMs ?? telling(past, known);
  const phi = questionsOf(settings, bounds).map(({ name }) => {
    const stable = past.flatMap(({ from, to, questions }) => {
      const block = questions[name];
      return block ? [{ from, to, ...block.stable }] : [];
    });
    return [name, clumping(stable) ?? 1] as const;
  });
  return {
    bounds,
    phi: Object.fromEntries(phi),
    evidence: {},
    best: {},
    mostWorse: Number.MIN_SAFE_INTEGER,
    blocks: 0,
    startsAt,
    lastPoint: {},
  };
}

/** Blocks in the order in which they ended; those that begin before `startsAt` are left out. */
export function addBlocks(
  settings: SequentialSettings,
  state: JudgeState,
  blocks: readonly TimedBlock[],
): { readonly state: JudgeState; readonly trail: readonly TrailPoint[] } {
  const spec = specOf(settings, state);
  const trail: TrailPoint[] = [];
  let next = state;
  for (const block of blocks) {
    if (block.from < state.startsAt) continue;
    const evidence = weigh(spec, next.evidence, block.questions, state.phi);
    const worse = logMeanWorse(spec.questions, evidence);
    const questions = spec.questions.flatMap(({ name }) => {
      const [counted, both] = [block.questions[name], evidence[name]];
      return counted && both
        ? [[name, { block: counted, worse: both.worse.logE, notWorse: both.notWorse.logE }] as const]
        : [];
    });
    const best = questions.map(([name, one]) => [name, higher(next.best[name], one)] as const);
    const isPoint = isNewStretch(state.startsAt, next.lastPoint[block.instance], block.to);
    if (isPoint)
      trail.push({ at: block.to, instance: block.instance, questions: Object.fromEntries(questions), worse });
    next = {
      ...next,
      evidence,
      best: { ...next.best, ...Object.fromEntries(best) },
      mostWorse: Math.max(next.mostWorse, worse),
      blocks: next.blocks + 1,
      lastPoint: isPoint ? { ...next.lastPoint, [block.instance]: block.to } : next.lastPoint,
    };
  }
  return { state: next, trail };
}

/** `inStep`: requests to the new version at the present weight. */
export function verdictOf(
  settings: SequentialSettings,
  state: JudgeState,
  { inStep, minRequests, known }: { inStep: number; minRequests: number; known: readonly number[] },
): { readonly outcome: Judged; readonly findings: readonly Finding[] } {
  const { questions } = specOf(settings, state);
  const findings = questions.map((question): Finding => {
    const ms = Number(/^slow-(.+)ms$/.exec(question.name)?.[1]);
    if (known.length > 0 && Number.isFinite(ms) && !known.includes(ms)) return missing(question.name, ms, known);
    const best = state.best[question.name] ?? { worse: 0, notWorse: 0 };
    return finding(question, settings.alpha, state.evidence[question.name], best, state.phi[question.name] ?? 1);
  });
  return {
    outcome: outcomeOf(settings, state, findings, { inStep, minRequests }),
    findings: withTraffic(findings, inStep, minRequests),
  };
}

/** A bound that Traefik has no bucket for cannot be counted, and must not look as if it had been compared. */
function missing(metric: string, ms: number, known: readonly number[]): Finding {
  return {
    metric,
    outcome: 'no-data',
    reason: `${metric}: Traefik counts no bucket that ends at ${ms} ms; it has ${known.join(', ')} ms`,
  };
}

function outcomeOf(
  { alpha }: SequentialSettings,
  { mostWorse, blocks }: JudgeState,
  findings: readonly Finding[],
  { inStep, minRequests }: { inStep: number; minRequests: number },
): Judged {
  if (mostWorse >= -Math.log(alpha)) return 'fail';
  if (blocks === 0 || findings.some(({ outcome }) => outcome === 'no-data')) return 'no-data';
  if (inStep < Math.max(1, minRequests)) return 'too-little-traffic';
  return findings.every(({ outcome }) => outcome === 'pass') ? 'pass' : 'inconclusive';
}

function specOf(settings: SequentialSettings, { bounds }: JudgeState): SequentialSpec {
  return {
    questions: questionsOf(settings, bounds),
    alphaWorse: settings.alpha,
    alphaNotWorse: settings.alpha,
  };
}

const higher = (before: Best = { worse: 0, notWorse: 0 }, { worse, notWorse }: Best): Best => ({
  worse: Math.max(before.worse, worse),
  notWorse: Math.max(before.notWorse, notWorse),
});

/** Bounds that some of stable's answers were slower than, but few: they lie in its tail, never at its median. */
const LEAST_SLOW = 0.001;
const MOST_SLOW = 0.1;
const MOST_BOUNDS = 3;
/** Without any past the first bound from here on is as good as another. */
const USUAL_MS = 250;

function telling(past: readonly TimedBlock[], known: readonly number[]): readonly number[] {
  const share = (ms: number): number => {
    let [requests, bad] = [0, 0];
    for (const { questions } of past) {
      requests += questions[`slow-${ms}ms`]?.stable.requests ?? 0;
      bad += questions[`slow-${ms}ms`]?.stable.bad ?? 0;
    }
    return bad / Math.max(1, requests);
  };
  const counted = past.some(({ questions }) => (questions['errors']?.stable.requests ?? 0) > 0);
  if (!counted) return known.filter((ms) => ms >= USUAL_MS).slice(0, 1);
  const tail = known.filter((ms) => share(ms) >= LEAST_SLOW && share(ms) <= MOST_SLOW);
  // Where every answer of stable was fast, the first bound above them all is the one that a slow version crosses.
  const above = known.find((ms) => share(ms) < LEAST_SLOW);
  return tail.length > 0 ? tail.slice(-MOST_BOUNDS) : above === undefined ? [] : [above];
}

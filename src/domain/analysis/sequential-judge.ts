import type { AnalysisSpec, SequentialSettings } from '../release/plan.ts';
import { START, type ArmBlock, type Process } from './block-test.ts';
import { blocksOf, boundsMs, type Arms, type Counted, type TimedBlock } from './blocks.ts';
import { clumping } from './clumping.ts';
import { logMeanWorse, weigh, type Evidence, type Question, type SequentialSpec } from './evidence.ts';
import type { Finding, Judged } from './verdict.ts';

/**
 * What the judge sees: raw counters from an hour before the release until now, and the moments that matter (epoch ms).
 */
export interface Sight {
  readonly arms: Arms;
  /** When the first weight was in force: what came before is stable's past. */
  readonly since: number;
  /** When the present step's weight was in force. */
  readonly from: number;
  readonly to: number;
}

/** The state of the evidence after one block, for the record and the report. */
export interface TrailPoint {
  readonly at: number;
  readonly instance: string;
  readonly questions: Readonly<
    Record<
      string,
      { readonly block: TimedBlock['questions'][string]; readonly worse: number; readonly notWorse: number }
    >
  >;
  /** Natural logarithm of the mean e-value for "worse". */
  readonly worse: number;
}

export interface SequentialVerdict {
  readonly outcome: Judged;
  readonly findings: readonly Finding[];
  readonly trail: readonly TrailPoint[];
}

/**
 * Questions of a release: bad answers, and for each bound slow ones. Half of the alarm budget is for errors, the rest
 * for latency.
 */
export function questionsOf(
  { errorsMargin, slowMargin }: SequentialSettings,
  slowerThanMs: readonly number[],
): readonly (Question & Counted)[] {
  const slow = slowerThanMs.map((ms) => ({
    name: `slow-${ms}ms`,
    slowerThanMs: ms,
    delta: slowMargin,
    weight: 0.5 / slowerThanMs.length,
  }));
  return [{ name: 'errors', delta: errorsMargin, weight: slow.length > 0 ? 0.5 : 1 }, ...slow];
}

/**
 * Compares the candidate with stable over the whole release so far. One process runs across all weights: what a smaller
 * weight has taught is not
 * forgotten. A bound that was reached stays reached; `fail` goes before `pass`. Errors: none; what cannot be said is an
 * open outcome.
 */
export function judgeSequentially(
  spec: AnalysisSpec & { readonly sequential: SequentialSettings },
  sight: Sight,
): SequentialVerdict {
  const { sequential, warmUpMs = 0, minRequests } = spec;
  const { bounds, missing } = boundsOf(sequential, sight);
  const questions = questionsOf(sequential, bounds);
  const settings: SequentialSpec = { questions, alphaWorse: sequential.alpha, alphaNotWorse: sequential.alpha };
  const phi = pastDispersion(sight, questions);
  const blocks = blocksOf(sight.arms, questions, { from: sight.since + warmUpMs, to: sight.to });
  const { trail, evidence } = follow(settings, blocks, phi);
  const asked = questions.map((question) =>
    finding(question, sequential.alpha, evidence[question.name], bestOf(trail, question.name), phi[question.name] ?? 1),
  );
  const findings = [...asked, ...missing];
  const inStep = requestsSince(blocks, sight.from);
  return {
    outcome: outcomeOf(settings, { trail, findings, blocks: blocks.length, inStep, minRequests }),
    findings: withTraffic(findings, inStep, minRequests),
    trail,
  };
}

/**
 * The bounds to ask about. A named one that Traefik has no bucket for cannot be counted, and must not look as if it had
 * been compared.
 */
function boundsOf(
  { slowerThanMs }: SequentialSettings,
  sight: Sight,
): { bounds: readonly number[]; missing: readonly Finding[] } {
  if (!slowerThanMs) return { bounds: telling(sight), missing: [] };
  const there = boundsMs([...sight.arms.stable.buckets, ...sight.arms.candidate.buckets]);
  if (there.length === 0) return { bounds: slowerThanMs, missing: [] };
  const reason = (ms: number) =>
    `slow-${ms}ms: Traefik counts no bucket that ends at ${ms} ms; it has ${there.join(', ')} ms`;
  const missing = slowerThanMs
    .filter((ms) => !there.includes(ms))
    .map((ms): Finding => ({ metric: `slow-${ms}ms`, outcome: 'no-data', reason: reason(ms) }));
  return { bounds: slowerThanMs.filter((ms) => there.includes(ms)), missing };
}

/**
 * Bounds that tell versions apart: those that some of stable's answers of the past hour were slower than, but not most.
 * At most three, the slowest first.
 */
function telling({ arms, since }: Sight): readonly number[] {
  const bounds = boundsMs(arms.stable.buckets);
  const past = blocksOf(
    arms,
    bounds.map((ms) => ({ name: String(ms), slowerThanMs: ms })),
    { from: 0, to: since },
  );
  const share = (ms: number) => {
    const arm = past.map(({ questions }) => questions[ms]?.stable ?? EMPTY);
    return (
      arm.reduce((sum, { bad }) => sum + bad, 0) /
      Math.max(
        1,
        arm.reduce((sum, { requests }) => sum + requests, 0),
      )
    );
  };
  const useful = bounds.filter((ms) => share(ms) >= LEAST_SLOW && share(ms) <= MOST_SLOW);
  if (past.length === 0) return bounds.filter((ms) => ms >= USUAL_MS).slice(0, 1);
  // Where every answer of stable was fast, the first bound above them all is the one that a slow version crosses.
  const above = bounds.find((ms) => share(ms) < LEAST_SLOW);
  return useful.length > 0 ? useful.slice(-MOST_BOUNDS) : above === undefined ? [] : [above];
}

const LEAST_SLOW = 0.005;
const MOST_SLOW = 0.5;
const MOST_BOUNDS = 3;
/** Without any past the first bound from here on is as good as another. */
const USUAL_MS = 250;

function follow(
  settings: SequentialSpec,
  blocks: readonly TimedBlock[],
  phi: Readonly<Record<string, number>>,
): { trail: TrailPoint[]; evidence: Evidence } {
  let evidence: Evidence = {};
  const trail = blocks.map((block) => {
    evidence = weigh(settings, evidence, block.questions, phi);
    const questions = Object.entries(evidence).map(
      ([name, { worse, notWorse }]) =>
        [
          name,
          {
            block: block.questions[name] as TimedBlock['questions'][string],
            worse: worse.logE,
            notWorse: notWorse.logE,
          },
        ] as const,
    );
    return {
      at: block.to,
      instance: block.instance,
      questions: Object.fromEntries(questions),
      worse: logMeanWorse(settings.questions, evidence),
    };
  });
  return { trail, evidence };
}

function pastDispersion({ arms, since }: Sight, questions: readonly Counted[]): Record<string, number> {
  const past = blocksOf(arms, questions, { from: 0, to: since });
  return Object.fromEntries(
    questions.map(({ name }) => [
      name,
      clumping(past.map(({ from, to, questions: counted }) => ({ from, to, ...(counted[name]?.stable ?? EMPTY) }))) ??
        1,
    ]),
  );
}

const EMPTY: ArmBlock = { requests: 0, bad: 0 };

interface State {
  readonly trail: readonly TrailPoint[];
  readonly findings: readonly Finding[];
  readonly blocks: number;
  readonly inStep: number;
  readonly minRequests: number;
}

function outcomeOf({ alphaWorse }: SequentialSpec, { trail, findings, blocks, inStep, minRequests }: State): Judged {
  if (trail.some(({ worse }) => worse >= -Math.log(alphaWorse))) return 'fail';
  if (blocks === 0 || findings.some(({ outcome }) => outcome === 'no-data')) return 'no-data';
  if (inStep < Math.max(1, minRequests)) return 'too-little-traffic';
  return findings.every(({ outcome }) => outcome === 'pass') ? 'pass' : 'inconclusive';
}

function requestsSince(blocks: readonly TimedBlock[], from: number): number {
  return blocks
    .filter((block) => block.to > from)
    .reduce((sum, { questions }) => sum + (questions['errors']?.candidate.requests ?? 0), 0);
}

/** The highest logarithms that both e-values of a question have reached. */
export interface Best {
  readonly worse: number;
  readonly notWorse: number;
}

function bestOf(trail: readonly TrailPoint[], name: string): Best {
  const best = (pick: keyof Best) =>
    trail.reduce((most, { questions }) => Math.max(most, questions[name]?.[pick] ?? 0), 0);
  return { worse: best('worse'), notWorse: best('notWorse') };
}

export function finding(
  { name, delta }: Question,
  alpha: number,
  evidence: Evidence[string] | undefined,
  { worse, notWorse }: Best,
  phi: number,
): Finding {
  const { candidate, stable, blocks } = evidence?.worse ?? START;
  const bound = -Math.log(alpha);
  const outcome = blocks === 0 ? 'no-data' : worse >= bound ? 'fail' : notWorse >= bound ? 'pass' : 'inconclusive';
  return {
    metric: name,
    outcome,
    ...(candidate.requests > 0 ? { measured: candidate.bad / candidate.requests } : {}),
    evidence: { worse, notWorse, bound, blocks, delta, phi, candidate, stable },
    reason: reasonOf(name, delta, { candidate, stable }, { worse, notWorse, bound }, phi),
  };
}

export function withTraffic(findings: readonly Finding[], inStep: number, minRequests: number): readonly Finding[] {
  const needed = Math.max(1, minRequests);
  if (inStep >= needed) return findings;
  return [
    ...findings,
    {
      metric: 'requests',
      outcome: 'too-little-traffic',
      measured: inStep,
      limit: needed,
      reason: `${Math.round(inStep)} requests to the new version at this weight, ${needed} needed`,
    },
  ];
}

function reasonOf(
  name: string,
  delta: number,
  { candidate, stable }: Pick<Process, 'candidate' | 'stable'>,
  log: { worse: number; notWorse: number; bound: number },
  phi: number,
): string {
  if (candidate.requests + stable.requests === 0) return `${name}: nothing was counted yet`;
  const clumps = phi > 1.5 ? `, which come in clumps of about ${Math.round(phi)}` : '';
  const seen = `${name}: new ${share(candidate)}, stable ${share(stable)}${clumps}`;
  const margin = `${(100 * delta).toFixed(1)} points`;
  if (log.worse >= log.bound)
    return `${seen}; worse by more than ${margin} (odds ${odds(log.worse)}, ${odds(log.bound)} needed)`;
  if (log.notWorse >= log.bound) return `${seen}; proved not worse by ${margin} (odds ${odds(log.notWorse)})`;
  return `${seen}; not worse by ${margin}: odds ${odds(log.notWorse)}, ${odds(log.bound)} needed`;
}

function share({ requests, bad }: ArmBlock): string {
  return requests === 0 ? 'no requests' : `${((100 * bad) / requests).toFixed(2)} % of ${Math.round(requests)}`;
}

/** An e-value as betting odds, which is what it is. */
function odds(log: number): string {
  return log > 16
    ? 'over 10 million to 1'
    : `${Math.exp(log) < 10 ? Math.exp(log).toFixed(1) : Math.round(Math.exp(log)).toLocaleString('en')} to 1`;
}

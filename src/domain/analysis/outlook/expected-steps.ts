import type { AnalysisSpec, PlanStep, SequentialSettings } from '../../release/plan.ts';
import type { Block } from '../block-test.ts';
import type { TimedBlock } from '../blocks.ts';
import { addBlocks, concludes, startJudge, type JudgeState } from '../running-judge.ts';
import { withoutComparison } from '../sequential/past.ts';
import { questionsOf } from '../sequential/questions.ts';
import { shareOf, type Traffic } from './traffic.ts';

/** The approximate time to judge one weight, if the new version answers like stable. */
export interface ExpectedStep {
  /** Percent. */
  readonly weight: number;
  /** Time from the weight's proof until the step passes. Absent if a held step would ask for a decision first. */
  readonly ms?: number;
  /** The reason why no judge can judge the step. */
  readonly problem?: string;
}

/** Maximum number of blocks in one step. Longer steps have longer blocks. */
const MAX_BLOCKS = 400;

/** `startsAt`: epoch ms at which the first weight would be in force. */
export function expectedSteps(
  analysis: AnalysisSpec,
  steps: readonly PlanStep[],
  traffic: Traffic,
  startsAt: number,
): readonly ExpectedStep[] {
  const course = analysis.sequential && new Course(analysis, analysis.sequential, traffic, startsAt);
  return steps.map(({ weight }) => {
    const problem = problemOf(analysis, weight, traffic);
    if (problem !== undefined) return { weight, problem };
    const ms = course ? course.pass(weight) : withinPatience(analysis, counted(analysis, weight, traffic));
    return { weight, ...(ms !== undefined && { ms }) };
  });
}

function problemOf({ sequential, metrics = [], ...limits }: AnalysisSpec, weight: number, { past }: Traffic) {
  if (!sequential) return undefined;
  const pastRequests = past.reduce((sum, { questions }) => sum + (questions['errors']?.stable.requests ?? 0), 0);
  const hasLimits =
    metrics.length > 0 ||
    limits.minSuccessRatio !== undefined ||
    limits.maxP95Ms !== undefined ||
    Object.keys(limits.maxQuantileMs ?? {}).length > 0;
  return withoutComparison({ weight, pastRequests, hasLimits });
}

/** Time until the soak is over and the minimum number of requests has arrived. Infinity without traffic. */
function counted({ soakMs, minRequests }: AnalysisSpec, weight: number, { requestsPerSecond }: Traffic): number {
  const perSecond = (requestsPerSecond * weight) / 100;
  return Math.max(soakMs, perSecond > 0 ? (1000 * Math.max(1, minRequests)) / perSecond : Infinity);
}

const patienceOf = ({ soakMs, holdMs }: AnalysisSpec): number => soakMs + holdMs;

const withinPatience = (analysis: AnalysisSpec, ms: number): number | undefined =>
  ms <= patienceOf(analysis) ? ms : undefined;

/** Runs the real judge on the expected answers, for one weight of a release after the other. */
class Course {
  readonly #analysis: AnalysisSpec;
  readonly #settings: SequentialSettings;
  readonly #traffic: Traffic;
  readonly #shares: Readonly<Record<string, number>>;
  #state: JudgeState;
  #now: number;

  constructor(analysis: AnalysisSpec, settings: SequentialSettings, traffic: Traffic, startsAt: number) {
    this.#analysis = analysis;
    this.#settings = settings;
    this.#traffic = traffic;
    this.#now = startsAt;
    this.#state = startJudge(settings, traffic.past, traffic.known, startsAt + (analysis.warmUpMs ?? 0));
    this.#shares = Object.fromEntries(
      questionsOf(settings, this.#state.bounds).map(({ name }) => [name, shareOf(traffic.past, name)]),
    );
  }

  /** The time of one weight in ms. The next weight begins after it. */
  pass(weight: number): number | undefined {
    const from = this.#now;
    const least = counted(this.#analysis, weight, this.#traffic);
    const most = patienceOf(this.#analysis) + (this.#analysis.warmUpMs ?? 0);
    const blockMs = Math.max(this.#traffic.intervalMs, most / MAX_BLOCKS);
    while (this.#now - from < most) {
      const block = this.#block(weight, blockMs);
      this.#state = addBlocks(this.#settings, this.#state, [block], { weight, from }).state;
      this.#now = block.to;
      if (this.#now - from >= least && concludes(this.#settings.alpha, this.#state) === 'pass') return this.#now - from;
    }
    return undefined;
  }

  #block(weight: number, ms: number): TimedBlock {
    const requests = (this.#traffic.requestsPerSecond * ms) / 1000;
    const arm = (part: number, share: number) => ({ requests: requests * part, bad: requests * part * share });
    const questions = Object.entries(this.#shares).map(([name, share]): readonly [string, Block] => [
      name,
      { candidate: arm(weight / 100, share), stable: arm(1 - weight / 100, share) },
    ]);
    return { from: this.#now, to: this.#now + ms, instance: 'all', questions: Object.fromEntries(questions) };
  }
}

import { shareInterval } from '../../src/domain/analysis/share.ts';
import { median } from '../analysis/simulate.ts';
import { DELTA } from '../analysis/sluice.ts';
import { truth } from '../analysis/world.ts';
import { EXTEND_SECONDS, SOAK_SECONDS, WARM_UP_SECONDS } from './release.ts';
import type { LiveRun } from './results.ts';
import { isWorse, SCENARIOS, type Scenario } from './scenarios.ts';
import { simulated, type Rates } from './simulated.ts';
import { PAST_SECONDS, RPS } from './slot.ts';

/** Normal quantile of a two-sided 95 % interval. */
export const Z95 = 1.959964;

const SIMULATED_RUNS = 2_000;
const percent = (share: number): string => `${(100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
const whole = (value: number | undefined): string => (value === undefined ? '–' : String(Math.round(value)));

/** Runs of one scenario, compared with the simulation. */
export interface Line {
  readonly scenario: Scenario;
  readonly live: Rates;
  /** Absent if the simulator has no such version. */
  readonly model?: Rates;
  readonly wrong: number;
}

/** The simulator supports versions with constant rates and the short settings of the bench. */
const isSimulated = ({ modifier, defaults, protocol }: Scenario): boolean =>
  modifier === undefined && defaults === undefined && protocol === undefined;

/** Scenarios that were not run are left out. */
export function lines(runs: readonly LiveRun[], simulatedRuns = SIMULATED_RUNS): readonly Line[] {
  return SCENARIOS.flatMap((scenario) => {
    const own = runs.filter((run) => run.scenario === scenario.id && run.outcome !== 'disturbed');
    if (own.length === 0) return [];
    const wrong = isWorse(scenario) ? 'pass' : 'fail';
    return {
      scenario,
      live: ratesOf(own),
      ...(isSimulated(scenario) && { model: simulated(scenario, simulatedRuns, 1) }),
      wrong: own.filter(({ outcome }) => outcome === wrong).length,
    };
  });
}

function ratesOf(runs: readonly LiveRun[]): Rates {
  const share = (outcome: LiveRun['outcome']) =>
    runs.filter((run) => run.outcome === outcome).length / Math.max(1, runs.length);
  const decided = runs.filter(({ outcome }) => outcome !== 'undecided');
  return {
    runs: runs.length,
    fail: share('fail'),
    pass: share('pass'),
    undecided: share('undecided'),
    seconds: median(decided.map(({ seconds }) => seconds)),
    requests: median(decided.map(({ requests }) => requests)),
  };
}

export function table(all: readonly Line[]): string {
  const rows = all.flatMap(({ scenario: { version, weights }, live, model, wrong }) => {
    const [low, high] = shareInterval(wrong, live.runs, Z95);
    const cells = (rates: Rates) =>
      `${percent(rates.fail)} | ${percent(rates.pass)} | ${percent(rates.undecided)} | ${whole(rates.seconds)} | ${whole(rates.requests)}`;
    const modelWrong = truth(version, DELTA) === 'worse' ? model?.pass : model?.fail;
    return [
      `| ${version.name} | ${weights.join(', ')} % | live | ${live.runs} | ${cells(live)} | ${wrong} (${percent(low)} to ${percent(high)}) |`,
      ...(model ? [`| | | simulated | ${model.runs} | ${cells(model)} | ${percent(modelWrong ?? 0)} |`] : []),
    ];
  });
  return [
    '| version | weights | | runs | failed | passed | undecided | s to decision | requests to it | wrong (95 % interval) |',
    '|---|---|---|--:|--:|--:|--:|--:|--:|--:|',
    ...rows,
  ].join('\n');
}

/** False alarms and misses in all scenarios. */
export function sums(all: readonly Line[]): string {
  const of = (worse: boolean) => {
    const own = all.filter(({ scenario }) => isWorse(scenario) === worse);
    const [wrong, runs] = [
      own.reduce((sum, line) => sum + line.wrong, 0),
      own.reduce((sum, { live }) => sum + live.runs, 0),
    ];
    const [low, high] = shareInterval(wrong, runs, Z95);
    return `${wrong} of ${runs} (95 % interval ${percent(low)} to ${percent(high)})`;
  };
  return `False alarms: ${of(false)} releases of versions that are not worse. Misses: ${of(true)} releases of versions that are. The judge promises at most 5 % of each.`;
}

/** The page in docs/. */
export function page(runs: readonly LiveRun[], all = lines(runs)): string {
  const loads = runs.map(({ loadAverage }) => loadAverage).toSorted((a, b) => a - b);
  const disturbed = runs.filter(({ outcome }) => outcome === 'disturbed');
  return [
    '# The sequential judge, live',
    `Written by \`npm run bench:live -- --write\` from ${runs.length} releases on the sandbox: worker, server, Temporal, Argo Rollouts, two Traefik replicas and Prometheus are the real ones, started through MCP; only the pods are pretended. Each application got ${RPS} requests a second, stable alone for at least ${PAST_SECONDS} s before. Every run has its own seed, which decides the errors and delays of its version (\`sandbox/node-agent/behaviour.ts\`). All runs, with seeds: [bench-live.json](bench-live.json).`,
    `Judge as it comes (α = 5 % in both directions, margins 1 point of errors and 5 points of slow answers), but in a hurry: soak ${SOAK_SECONDS} s, warm-up ${WARM_UP_SECONDS} s, and what is not decided within ${EXTEND_SECONDS} s goes back as undecided. "Simulated" is the same cell in the simulator of [bench-analysis.md](bench-analysis.md), at the first weight.`,
    sums(all),
    table(all),
    'Failing a version that is not worse by more than the margin is wrong, and so is passing one that is. Time and requests count from the proof of the first weight to the verdict, warm-up included, and are medians over what was decided. Differences that are to be expected: the workflow looks once a second, Prometheus has a sample up to a second later, clumps on the sandbox are cut by scrapes and shared by two proxies, and a live past is between one and some twenty minutes.',
    `The machine had two cores, and its load average at the ends of the runs was between ${loads[0] ?? 0} and ${loads.at(-1) ?? 0}, half of them above ${median(loads) ?? 0}: what else ran on it delays answers of both versions, which the judge sees as slow answers in clumps and trusts less. That lengthens decisions, and leaves some open.${disturbed.length > 0 ? ` ${disturbed.length} further runs ended by something else than the judge and count for no rate: ${kinds(disturbed)}.` : ''}`,
    ...notes(runs),
    '',
  ].join('\n\n');
}

/** Reasons without names, each with its count. */
function kinds(disturbed: readonly LiveRun[]): string {
  const reasons = disturbed.map(({ reason }) =>
    reason.includes('Its details need a worker') ? 'the busy worker did not answer in time' : reason,
  );
  return [...new Set(reasons)]
    .map((reason) => `${reason} (${reasons.filter((one) => one === reason).length})`)
    .join('; ');
}

function notes(runs: readonly LiveRun[]): readonly string[] {
  const all = runs.flatMap(({ note }) => note ?? []);
  return [...new Set(all)].map((note) => `${all.filter((one) => one === note).length} of the runs: ${note}`);
}

import { lateness, type ChangeRow, type Comparison } from './compare.ts';
import { wrong, type Cell } from './cell.ts';
import { lowTrafficTable } from './low-traffic.ts';
import type { Rule } from './rule.ts';
import { median } from './simulate.ts';
import type { Figures } from './simulate.ts';
import { DELTA } from './sluice.ts';
import { SCRAPE_SECONDS, SCRAPES, truth, type Version } from './world.ts';

export interface Simulation {
  readonly cells: readonly Cell[];
  /** Cells of low traffic, with the two first rules only. */
  readonly low: readonly Cell[];
  readonly rules: readonly Rule[];
  readonly runs: number;
  readonly seed: number;
  readonly changes: readonly ChangeRow[];
  readonly comparison: Comparison;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const number = (value: number | undefined): string =>
  value === undefined ? '–' : value >= 10_000 ? `${Math.round(value / 1000)} k` : String(Math.round(value));

/** The worst share of wrong decisions of each rule over all cells of a version, and its figures at one busy cell. */
export function summary({ cells, rules }: Simulation): string {
  const names = rules.map(({ name }) => name);
  const versions = [...new Set(cells.map(({ setting }) => setting.version))];
  const worst = (version: Version, name: string) =>
    Math.max(
      ...cells
        .filter(({ setting }) => setting.version === version)
        .map(({ figures }) => wrong(version, figures.get(name) as Figures)),
    );
  const rows = versions.map(
    (version) =>
      `| ${version.name} | ${truth(version, DELTA)} | ${names.map((name) => percent(worst(version, name))).join(' | ')} |`,
  );
  return [`| version | truth | ${names.join(' | ')} |`, `|---|---|${'--:|'.repeat(names.length)}`, ...rows].join('\n');
}

/** All cells of one version, with a line for each rule and setting. */
export function details({ cells, rules }: Simulation, version: Version): string {
  const head =
    '| requests/s | weight | rule | failed | passed | open | requests to fail | bad answers to fail | s to pass |\n|--:|--:|---|--:|--:|--:|--:|--:|--:|';
  const rows = cells
    .filter(({ setting }) => setting.version === version)
    .flatMap(({ setting, figures }) =>
      rules.map(({ name }) => {
        const f = figures.get(name) as Figures;
        return `| ${setting.requestsPerSecond} | ${percent(setting.share)} | ${name} | ${percent(f.failed)} | ${percent(f.passed)} | ${percent(f.undecided)} | ${number(f.requestsToFail)} | ${number(f.harmToFail)} | ${number(f.secondsToPass)} |`;
      }),
    );
  return [head, ...rows].join('\n');
}

const BUSY = [
  [10, 0.05],
  [10, 0.25],
  [100, 0.05],
  [100, 0.25],
  [1000, 0.05],
] as const;
const at = (requestsPerSecond: number, share: number): string => `${requestsPerSecond}/s, ${100 * share} %`;

/**
 * Bad answers that users got of a clearly worse version, with each rule's worst false alarms, because a rule that fails
 * everything does the least harm.
 */
function harm({ cells, rules }: Simulation): string {
  const alarms = (name: string) =>
    Math.max(
      ...cells
        .filter(({ setting }) => truth(setting.version, DELTA) === 'not-worse')
        .map(({ figures }) => figures.get(name)?.failed ?? 0),
    );
  const mean = (name: string, rps: number, share: number) =>
    cells
      .find(
        ({ setting }) =>
          setting.version.name === 'clearly worse (6 % against 2 %)' &&
          setting.requestsPerSecond === rps &&
          setting.share === share,
      )
      ?.figures.get(name)?.harm;
  const rows = rules.map(
    ({ name }) =>
      `| ${name} | ${percent(alarms(name))} | ${BUSY.map(([rps, share]) => number(mean(name, rps, share))).join(' | ')} |`,
  );
  return [
    `| rule | worst false alarms | ${BUSY.map(([rps, share]) => at(rps, share)).join(' | ')} |`,
    `|---|${'--:|'.repeat(BUSY.length + 1)}`,
    ...rows,
  ].join('\n');
}

/**
 * How soon our judge promotes a version that is the same as stable. The others pass at the end of their time, whatever
 * was measured.
 */
function promotion({ cells, rules: [ours] }: Simulation): string {
  const own = cells.filter(({ setting }) => setting.version.name === 'same');
  const [traffic, shares] = [
    [...new Set(own.map(({ setting }) => setting.requestsPerSecond))],
    [...new Set(own.map(({ setting }) => setting.share))],
  ];
  const cell = (rps: number, share: number): string => {
    const found = own
      .find(({ setting }) => setting.requestsPerSecond === rps && setting.share === share)
      ?.figures.get(ours?.name ?? '');
    return found && found.passed > 0 ? `${number(found.secondsToPass)} s (${percent(found.passed)})` : 'never';
  };
  const rows = shares.map((share) => `| ${percent(share)} | ${traffic.map((rps) => cell(rps, share)).join(' | ')} |`);
  return [
    `| weight | ${traffic.map((rps) => `${rps}/s`).join(' | ')} |`,
    `|--:|${'--:|'.repeat(traffic.length)}`,
    ...rows,
  ].join('\n');
}

/**
 * Versions that become bad while they are watched: how much later they are noticed than versions that were bad from the
 * start.
 */
export function changesTable({ changes, rules }: Pick<Simulation, 'changes' | 'rules'>): string {
  const names = rules.slice(0, 2).map(({ name }) => name);
  const late = new Map(lateness(changes, names[0] ?? '').map(({ row, ratio }) => [row, ratio]));
  const rows = changes.map((row) => {
    const { change, by } = row;
    const ratio = late.get(row);
    const cells = names.map((name) => {
      const { requests, bad, seconds } = by.get(name) ?? {};
      return `${number(requests)} | ${number(bad)} | ${number(seconds)}`;
    });
    const place = `${change.requestsPerSecond} | ${percent(change.share(change.minutes + 1))}`;
    return `| ${change.name} | ${place} | ${cells.join(' | ')} | ${ratio === undefined ? '' : ratio.toFixed(2)} |`;
  });
  const heads = names.map((name) => `${name}: requests | bad answers | s`);
  const middle = median([...late.values()]);
  return [
    `| version | requests/s | weight | ${heads.join(' | ')} | bad answers, from the start = 1 |`,
    `|---|--:|--:|${'--:|'.repeat(7)}`,
    ...rows,
    '',
    `Median of the last column: ${middle?.toFixed(2) ?? '–'}.`,
  ].join('\n');
}

export function comparisonText({ comparison: c, rules }: Pick<Simulation, 'comparison' | 'rules'>): string {
  const before = rules[1]?.name ?? '';
  return [
    `* Time until a good version passes: ${c.timeToPass.toFixed(2)} times that of "${before}" (geometric mean of the medians in ${c.passCells} cells).`,
    `* Bad answers until a worse version fails: ${c.badUntilFailed.toFixed(2)} times (${c.failCells} cells).`,
    `* In the same cells a judge that knows the true rates of both versions beforehand needs ${c.knowing.timeToPass.toFixed(2)} times the time to pass, and ${c.knowing.badUntilFailed.toFixed(2)} times the bad answers.`,
    `* Share of undecided runs at low traffic: at most ${percent(c.moreUndecided)} more in any cell (see below).`,
    `* Wrong decisions in the worst cell: ${percent(c.worstWrong)}.`,
  ].join('\n');
}

export function lowTraffic({ low, rules }: Pick<Simulation, 'low' | 'rules'>): string {
  return lowTrafficTable(low, rules[0]?.name ?? '', rules[1]?.name ?? '');
}

const BOUND = [
  "The judge that knows the rates bets all of its wealth on the truth. By Wald's bound a judge with the same α and margins needs",
  "at least as many requests in the mean, apart from the last scrape, unless it takes stable's rate from the past. So the aim of",
  '0.6 for the time to pass is out of reach in these cells. Bad answers are above the aim of 0.7 because a judge does not know',
  'which question shows the fault, how large the fault is, when it began, and whether errors clump. Other parameters were tried:',
  'see [ADR 19](adr/0019-a-judge-that-expects-changes.md).',
].join(' ');

/** The page in docs/. */
export function page(simulation: Simulation): string {
  const { cells, rules, runs, seed } = simulation;
  const versions = [...new Set(cells.map(({ setting }) => setting.version))];
  const minutes = (SCRAPES * SCRAPE_SECONDS) / 60;
  return [
    '# Judges compared, by simulation',
    `Written by \`npm run bench:analysis -- --write\`: ${runs} runs of ${minutes} minutes a cell, a scrape every ${SCRAPE_SECONDS} s, seed ${seed}. All rules see the same traffic, run by run. "Sluice" is the judge of releases with \`analysis.judge: sequential\`, on simulated counts; "Sluice before" is the one that it replaced (docs/adr/0019).`,
    '"Worse" means: by more than 1 point of errors, or 5 points of slow answers. Failing a version that is not worse is a false alarm; passing one that is worse is a miss. A rule that has not decided by the end is open: a person is asked.',
    ...rules
      .map(({ name, source }) => `* **${name}**: ${source}.`)
      .join('\n')
      .split('\n\n'),
    '## Wrong decisions: the worst cell of each version',
    'False alarms where the truth is "not-worse", misses where it is "worse". Our bound is 5 % for each.',
    summary(simulation),
    '![Wrong decisions in the worst cell](bench-analysis-wrong.svg)',
    '## Beside the judge before',
    'Cells in which both judges decide more than half of the runs. An undecided run counts as later than all others.',
    comparisonText(simulation),
    BOUND,
    '## Undecided at low traffic',
    `Shares of the runs that were still undecided after ${minutes} minutes, at the first weights of a release. A person is asked then.`,
    lowTraffic(simulation),
    '## Versions that turn bad later',
    'Medians from the moment at which the version is bad (with a ramp: worse than the margin), 6 % errors against 2 % where nothing else is said. A pass ends nothing here: the release is held and watched.',
    changesTable(simulation),
    '![Bad answers until a version that turned bad is failed](bench-analysis-changes.svg)',
    '## Requests until a clearly worse version is failed',
    '![Requests to the new version until it is failed](bench-analysis-harm.svg)',
    '## Bad answers that users get of it',
    'Mean over all runs until a decision, or the end; 6 % errors against 2 %, by traffic and weight. Only rules with comparable false alarms compare.',
    harm(simulation),
    '## Time until a good version is promoted',
    'Median over the runs that passed, and how many did within the time: the same version, 2 % errors and 4 % slow answers in both.',
    promotion(simulation),
    '## Every cell',
    ...versions.flatMap((version) => [`### ${version.name}`, details(simulation, version)]),
    '',
  ].join('\n\n');
}

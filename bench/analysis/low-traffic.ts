import type { Cell } from './cell.ts';

/** Shares of undecided runs of both judges, 0…1. */
export interface LowTraffic {
  readonly ours: number;
  readonly before: number;
}

/** Mean over the cells. Each cell has the same number of runs. */
export function undecided(cells: readonly Cell[], ours: string, before: string): LowTraffic {
  const mean = (rule: string) =>
    cells.reduce((sum, { figures }) => sum + (figures.get(rule)?.undecided ?? 1), 0) / cells.length;
  return { ours: mean(ours), before: mean(before) };
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** A line for each version and traffic. Each weight has the shares of both judges. */
export function lowTrafficTable(cells: readonly Cell[], ours: string, before: string): string {
  const shares = [...new Set(cells.map(({ setting }) => setting.share))];
  const rows = [...Map.groupBy(cells, ({ setting }) => rowOf(setting)).entries()].map(([name, own]) => {
    const both = own.map(({ figures }) => [ours, before].map((rule) => percent(figures.get(rule)?.undecided ?? 1)));
    return `| ${name} | ${both.flat().join(' | ')} |`;
  });
  const heads = shares.flatMap((share) => [`${ours}, weight ${percent(share)}`, before]);
  const all = undecided(cells, ours, before);
  return [
    `| version | requests/s | ${heads.join(' | ')} |`,
    `|---|--:|${'--:|'.repeat(heads.length)}`,
    ...rows,
    '',
    `Undecided in all these cells: ${percent(all.ours)} with "${ours}", ${percent(all.before)} with "${before}".`,
  ].join('\n');
}

const rowOf = ({ version, requestsPerSecond }: Cell['setting']): string => `${version.name} | ${requestsPerSecond}`;

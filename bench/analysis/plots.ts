import { wrong } from './cell.ts';
import type { Simulation } from './report.ts';
import type { Figures } from './simulate.ts';

const COLOURS = ['#2563eb', '#93c5fd', '#dc2626', '#f59e0b', '#fcd34d', '#7c3aed', '#6b7280', '#a3a3a3'];
const STYLE =
  'text{font:12px system-ui,sans-serif;fill:#334155}.axis{stroke:#94a3b8;fill:none}@media(prefers-color-scheme:dark){text{fill:#cbd5e1}}';

const svg = (width: number, height: number, body: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img"><style>${STYLE}</style>${body}</svg>\n`;
const text = (x: number, y: number, words: string, anchor = 'start'): string =>
  `<text x="${x}" y="${y}" text-anchor="${anchor}">${words.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>`;

/** A bar for each rule and version: the worst share of wrong decisions over all cells. */
export function wrongPlot({ cells, rules }: Simulation): string {
  const versions = [...new Set(cells.map(({ setting }) => setting.version))];
  const [left, bar, gap] = [240, 9, 14];
  const group = rules.length * bar + gap;
  const x = (share: number): number => left + share * 480;
  const bars = versions.flatMap((version, v) => [
    text(left - 8, v * group + group / 2, version.name, 'end'),
    ...rules.map(({ name }, r) => {
      const of = cells
        .filter(({ setting }) => setting.version === version)
        .map(({ figures }) => wrong(version, figures.get(name) as Figures));
      return `<rect x="${left}" y="${v * group + r * bar}" width="${(x(Math.max(...of)) - left).toFixed(1)}" height="${bar - 1}" fill="${COLOURS[r] ?? '#000'}"/>`;
    }),
  ]);
  const height = versions.length * group;
  const bound = `<line class="axis" stroke-dasharray="4 3" x1="${x(0.05)}" x2="${x(0.05)}" y1="0" y2="${height}"/>${text(x(0.05), height + 14, '5 %', 'middle')}${text(x(1), height + 14, '100 %', 'end')}`;
  return svg(740, height + 30 + rules.length * 16, [...bars, bound, legend(rules, height + 36)].join(''));
}

/**
 * Median requests to a clearly worse version (6 % errors, stable 2 %) until it is failed, by traffic, at weight 5 %.
 * Both axes are logarithmic.
 */
export function harmPlot({ cells, rules }: Simulation): string {
  const of = cells.filter(
    ({ setting }) => setting.version.name.startsWith('clearly worse (') && setting.share === 0.05,
  );
  const x = (requestsPerSecond: number): number => 60 + ((Math.log10(requestsPerSecond) + 1) / 4) * 600;
  const y = (requests: number): number => 300 - (Math.log10(Math.max(1, requests)) / 5) * 280;
  const lines = rules.map(({ name }, r) => {
    // A rule that fails fewer than half of the runs has no median.
    const points = of.flatMap(({ setting, figures }) => {
      const { failed, requestsToFail } = figures.get(name) as Figures;
      return requestsToFail !== undefined && failed >= 0.5
        ? [`${x(setting.requestsPerSecond).toFixed(1)},${y(requestsToFail).toFixed(1)}`]
        : [];
    });
    return `<polyline fill="none" stroke="${COLOURS[r] ?? '#000'}" stroke-width="2" points="${points.join(' ')}"/>`;
  });
  const ticks = [0.1, 1, 10, 100, 1000]
    .map((rps) => text(x(rps), 318, `${rps}/s`, 'middle'))
    .concat([1, 10, 100, 1000, 10_000, 100_000].map((n) => text(54, y(n) + 4, String(n), 'end')));
  return svg(
    700,
    330 + rules.length * 16,
    [...lines, ...ticks, '<path class="axis" d="M60 20V300H660"/>', legend(rules, 336)].join(''),
  );
}

/** Bad answers until a version that became bad is failed, on a logarithmic axis, with a bar for each of our judges. */
export function changesPlot({ changes, rules }: Simulation): string {
  const [left, bar, gap] = [330, 8, 6];
  const two = rules.slice(0, 2);
  const group = two.length * bar + gap;
  const x = (bad: number): number => left + (Math.log10(Math.max(1, bad)) / 5) * 380;
  const bars = changes.flatMap(({ change, by }, row) => [
    text(
      left - 8,
      row * group + bar + 3,
      `${change.name}, ${change.requestsPerSecond}/s at ${100 * change.share(change.minutes + 1)} %`,
      'end',
    ),
    ...two.map(({ name }, rule) => {
      const bad = by.get(name)?.bad;
      const width = (bad === undefined ? 380 : x(bad) - left).toFixed(1);
      return `<rect x="${left}" y="${row * group + rule * bar}" width="${width}" height="${bar - 1}" fill="${COLOURS[rule] ?? '#000'}"${bad === undefined ? ' opacity="0.3"' : ''}/>`;
    }),
  ]);
  const height = changes.length * group;
  const ticks = [1, 10, 100, 1000, 10_000, 100_000].map((bad) => text(x(bad), height + 14, String(bad), 'middle'));
  return svg(740, height + 30 + two.length * 16, [...bars, ...ticks, legend(two, height + 36)].join(''));
}

function legend(rules: Simulation['rules'], top: number): string {
  return rules
    .map(
      ({ name }, r) =>
        `<rect x="60" y="${top + r * 16 - 9}" width="12" height="9" fill="${COLOURS[r] ?? '#000'}"/>${text(78, top + r * 16, name)}`,
    )
    .join('');
}

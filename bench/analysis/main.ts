import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../../scripts/root.mjs';
import { CELLS, LOW_CELLS, QUICK_CELLS } from './cells.ts';
import { changeRows, compare, lastLine } from './compare.ts';
import { AFTER_HALF_AN_HOUR } from './change-cells.ts';
import { firstJudge } from './contenders/first-judge.ts';
import { knowing } from './contenders/knowing.ts';
import { fixedSample } from './fixed.ts';
import { kayenta } from './kayenta.ts';
import { changesPlot, harmPlot, wrongPlot } from './plots.ts';
import type { Cell } from './cell.ts';
import { changesTable, comparisonText, lowTraffic, page, summary } from './report.ts';
import { simulate } from './simulate.ts';
import { sluice } from './sluice.ts';
import { argo, flagger } from './thresholds.ts';

const BEFORE = firstJudge('Sluice before', true);
const OURS = [sluice, BEFORE];
const ALL = [
  ...OURS,
  firstJudge('Sluice before, without dispersion', false),
  argo,
  flagger(0.99),
  flagger(0.95),
  kayenta,
  fixedSample('z test, every look', 'every-scrape'),
  fixedSample('z test, once', 'once'),
];

const { values } = parseArgs({
  options: {
    runs: { type: 'string' },
    quick: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    write: { type: 'boolean', default: false },
  },
});
const quick = values.quick;
const [runs, seed] = [Number(values.runs ?? (quick ? 40 : 2000)), Number(values.seed)];
const settings = quick ? QUICK_CELLS : CELLS;
const rules = quick ? OURS : ALL;
if (!Number.isInteger(runs) || runs < 1 || !Number.isInteger(seed))
  throw new Error('--runs and --seed are whole numbers.');

const began = performance.now();
const cells: Cell[] = [];
for (const [index, setting] of settings.entries()) {
  cells.push({ setting, figures: simulate([...rules, knowing], setting, runs, seed + index) });
  const left = ((performance.now() - began) / (index + 1)) * (settings.length - index - 1);
  if (!quick && index % 10 === 9)
    console.error(`${index + 1} of ${settings.length} cells, about ${Math.ceil(left / 60_000)} min left`);
}

const low = LOW_CELLS.map((setting, index) => ({ setting, figures: simulate(OURS, setting, runs, seed + index) }));
// A median needs fewer runs than a share of wrong decisions.
const changes = changeRows(OURS, quick ? 20 : Math.min(runs, 200), seed, !quick);
const comparison = compare(cells, low, { ours: sluice.name, before: BEFORE.name, knowing: knowing.name });
const simulation = { cells, low, rules, runs, seed, changes, comparison };
console.log(summary(simulation));
console.log(comparisonText(simulation));
console.log(lowTraffic(simulation));
console.log(changesTable(simulation));
if (values.write) {
  writeFileSync(join(ROOT, 'docs', 'bench-analysis.md'), page(simulation));
  writeFileSync(join(ROOT, 'docs', 'bench-analysis-wrong.svg'), wrongPlot(simulation));
  writeFileSync(join(ROOT, 'docs', 'bench-analysis-harm.svg'), harmPlot(simulation));
  writeFileSync(join(ROOT, 'docs', 'bench-analysis-changes.svg'), changesPlot(simulation));
}
const halfHour = changes.find(({ change }) => change === AFTER_HALF_AN_HOUR)?.by.get(sluice.name);
console.log(lastLine(comparison, halfHour?.requests));

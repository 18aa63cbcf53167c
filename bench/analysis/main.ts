import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../../scripts/root.mjs';
import { CELLS } from './cells.ts';
import { fixedSample } from './fixed.ts';
import { kayenta } from './kayenta.ts';
import { harmPlot, wrongPlot } from './plots.ts';
import { page, summary, type Cell } from './report.ts';
import { simulate } from './simulate.ts';
import { sluice } from './sluice.ts';
import { argo, flagger } from './thresholds.ts';

const RULES = [
  sluice('Sluice', true),
  sluice('Sluice without dispersion', false),
  argo,
  flagger(0.99),
  flagger(0.95),
  kayenta,
  fixedSample('z test, every look', 'every-scrape'),
  fixedSample('z test, once', 'once'),
];

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    write: { type: 'boolean', default: false },
  },
});
const [runs, seed] = [Number(values.runs), Number(values.seed)];
if (!Number.isInteger(runs) || runs < 1 || !Number.isInteger(seed))
  throw new Error('--runs and --seed are whole numbers.');

const began = performance.now();
const cells: Cell[] = [];
for (const [index, setting] of CELLS.entries()) {
  cells.push({ setting, figures: simulate(RULES, setting, runs, seed + index) });
  const left = ((performance.now() - began) / (index + 1)) * (CELLS.length - index - 1);
  if (index % 10 === 9)
    console.error(`${index + 1} of ${CELLS.length} cells, about ${Math.ceil(left / 60_000)} min left`);
}

const simulation = { cells, rules: RULES, runs, seed };
console.log(summary(simulation));
if (values.write) {
  writeFileSync(join(ROOT, 'docs', 'bench-analysis.md'), page(simulation));
  writeFileSync(join(ROOT, 'docs', 'bench-analysis-wrong.svg'), wrongPlot(simulation));
  writeFileSync(join(ROOT, 'docs', 'bench-analysis-harm.svg'), harmPlot(simulation));
}

import type { ReleaseOutput } from '../contract/release-view.ts';
import { odds } from '../domain/analysis/odds.ts';
import { colours as pc } from './colours.ts';

type Finding = NonNullable<ReleaseOutput['verdict']>['findings'][number];
type Evidence = NonNullable<Finding['evidence']>;

const INDENT = ' '.repeat(9);
const LABEL = 'not worse ';
/** Width limits of a bar, in columns. */
const [MIN_WIDTH, MAX_WIDTH] = [8, 40];
/** Space for the longest odds beside a bar. */
const ODDS = 34;

/**
 * The progress of the proofs of one question, with a bar for each direction. The bars differ in words and signs, not
 * only in colour.
 */
export function evidenceLines(
  { metric, outcome, evidence }: Finding & { readonly evidence: Evidence },
  columns: number,
): readonly string[] {
  const { worse, not_worse: better, bound, candidate, stable, delta } = evidence;
  const width = Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, columns - INDENT.length - LABEL.length - ODDS));
  const line = (label: string, log: number, sign: string, colour: (text: string) => string): string =>
    `${INDENT}${label.padEnd(LABEL.length)}${colour(bar(log / bound, width, sign))} ${valueText(log, bound)}`;
  return [
    ...wrapped(
      `${metric}: ${outcome}; margin ${round(delta)}`,
      `new ${share(candidate)}, stable ${share(stable)}`,
      columns,
    ),
    line('not worse', better, '█', pc.blue),
    // A bar without evidence is left out.
    ...(worse > 0 ? [line('worse', worse, '▒', pc.yellow)] : []),
  ];
}

function bar(part: number, width: number, sign: string): string {
  const full = Math.max(0, Math.min(width, Math.floor(part * width)));
  return `${sign.repeat(full)}${'·'.repeat(width - full)}`;
}

function valueText(log: number, bound: number): string {
  return log >= bound ? `${odds(log)} ✓ proved` : `${odds(log)}, ${odds(bound)} needed`;
}

/** The text is on one line if it fits. */
function wrapped(head: string, rest: string, columns: number): readonly string[] {
  const one = `${INDENT}${head}; ${rest}`;
  return one.length <= columns ? [one] : [`${INDENT}${head}`, `${INDENT}  ${rest}`];
}

function share({ requests, bad }: Evidence['candidate']): string {
  return requests === 0
    ? 'no requests'
    : `${((bad / requests) * 100).toFixed(2)} % of ${Math.round(requests).toLocaleString('en')}`;
}

function round(delta: number): string {
  return `${Number((delta * 100).toPrecision(3))} %`;
}

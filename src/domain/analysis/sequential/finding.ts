import type { ArmBlock } from '../block-test.ts';
import { odds } from '../odds.ts';
import type { Finding } from '../verdict.ts';
import { dispersionNow } from './clumps.ts';
import { controlOf, type Control } from './past.ts';
import type { Question } from './questions.ts';
import type { QuestionState } from './question.ts';

interface Figures {
  readonly worse: number;
  readonly notWorse: number;
  readonly bound: number;
  /** Many questions share the bound. */
  readonly shared?: true;
}

/**
 * The finding on one question in the current step. `blocks`: how many were judged in the release. `shared`: many
 * questions share the budget, so what this one needs alone is not said.
 */
export function findingOf(
  { name, delta }: Question,
  state: QuestionState,
  { alpha, blocks, againstPast, shared }: { alpha: number; blocks: number; againstPast: boolean; shared?: true },
): Finding {
  const { phi } = dispersionNow(state.clumps);
  const control = againstPast ? controlOf(state.past, phi) : undefined;
  const { candidate } = state;
  const stable = control ? { requests: control.requests, bad: control.bad } : state.stable;
  const figures = { worse: state.mostWorse, notWorse: state.mostNotWorse, bound: -Math.log(alpha) };
  const base = {
    metric: name,
    ...(candidate.requests > 0 && { measured: candidate.bad / candidate.requests }),
    evidence: { ...figures, blocks, delta, phi, candidate, stable },
  };
  if (blocks === 0) return { ...base, outcome: 'no-data', reason: `${name}: nothing was counted yet` };
  const comparison = againstPast ? pastWords(control) : undefined;
  if (againstPast && !control && figures.worse < figures.bound)
    return { ...base, outcome: 'no-data', reason: `${name}: ${NOTHING_TO_COMPARE}` };
  return {
    ...base,
    outcome: figures.worse >= figures.bound ? 'fail' : figures.notWorse >= figures.bound ? 'pass' : 'inconclusive',
    reason: reasonOf(name, delta, { candidate, stable }, { ...figures, ...(shared && { shared }) }, phi, comparison),
  };
}

const NOTHING_TO_COMPARE =
  'stable gets no requests at weight 100 and had none in the past hour, so there is no comparison';

const pastWords = (control: Control | undefined): string | undefined =>
  control &&
  `compared with stable's past hour (${percent(control.low)} to ${percent(control.high)}), because stable gets no requests now`;

function reasonOf(
  name: string,
  delta: number,
  { candidate, stable }: { candidate: ArmBlock; stable: ArmBlock },
  figures: Figures,
  phi: number,
  comparison: string | undefined,
): string {
  const clumps = phi > 1.5 ? `, which come in clumps of about ${Math.round(phi)}` : '';
  const seen = `${name}: new ${share(candidate)}, stable ${share(stable)}${clumps}`;
  const margin = `${(100 * delta).toFixed(1)} points`;
  const words = [comparison, verdictWords(margin, figures)].filter(Boolean);
  return [seen, ...words].join('; ');
}

function verdictWords(margin: string, { worse, notWorse, bound, shared }: Figures): string {
  if (worse >= bound && shared) return `worse by more than ${margin} (odds ${odds(worse)})`;
  if (worse >= bound) return `worse by more than ${margin} (odds ${odds(worse)}, ${odds(bound)} needed)`;
  if (notWorse >= bound) return `proved not worse by ${margin} (odds ${odds(notWorse)})`;
  return `not worse by ${margin}: odds ${odds(notWorse)}, ${odds(bound)} needed`;
}

function share({ requests, bad }: ArmBlock): string {
  return requests === 0 ? 'no requests' : `${percent(bad / requests)} of ${Math.round(requests)}`;
}

const percent = (value: number): string => `${(100 * value).toFixed(2)} %`;

import { addBlock, START, type Block, type Process } from './block-test.ts';

/** A yes-or-no question about a request, such as "was it an error?" or "did it take longer than 0.3 s?". */
export interface Question {
  readonly name: string;
  /** Margin: a candidate whose share of bad answers is higher by more than this is worse. 0 ≤ δ < 1. */
  readonly delta: number;
  /** Part of the alarm budget. The parts of all questions add up to 1. */
  readonly weight: number;
}

export interface SequentialSpec {
  readonly questions: readonly Question[];
  /** Probability of ever failing a candidate that is not worse. */
  readonly alphaWorse: number;
  /** Probability of ever passing a candidate that is worse. */
  readonly alphaNotWorse: number;
}

/** The two processes of each question, by name. One candidate version has one set of evidence for all weights. */
export type Evidence = Readonly<Record<string, { readonly worse: Process; readonly notWorse: Process }>>;

export type Conclusion = 'fail' | 'pass' | 'open';

/** Adds the counts of both arms in one block. `phi`: dispersion by question, 1 where absent. */
export function weigh(
  { questions }: SequentialSpec,
  evidence: Evidence,
  blocks: Readonly<Record<string, Block>>,
  phi: Readonly<Record<string, number>> = {},
): Evidence {
  const added = questions.map(({ name, delta }) => {
    const before = evidence[name] ?? { worse: START, notWorse: START };
    const block = blocks[name];
    if (!block) return [name, before] as const;
    const add = (process: Process, direction: 'worse' | 'not-worse') =>
      addBlock(process, block, delta, direction, phi[name]);
    return [name, { worse: add(before.worse, 'worse'), notWorse: add(before.notWorse, 'not-worse') }] as const;
  });
  return Object.fromEntries(added);
}

/**
 * Fails when the weighted mean of the e-values for "worse" reaches 1/α. A mean of e-processes on the same data is an
 * e-process, so all questions share one budget. Passes when every question has its own proof of "not worse", which
 * needs no correction (Berger, Technometrics 24, 1982).
 */
export function conclude({ questions, alphaWorse, alphaNotWorse }: SequentialSpec, evidence: Evidence): Conclusion {
  if (logMeanWorse(questions, evidence) >= -Math.log(alphaWorse)) return 'fail';
  const proved = questions.every(({ name }) => (evidence[name]?.notWorse.logE ?? 0) >= -Math.log(alphaNotWorse));
  return proved ? 'pass' : 'open';
}

/** Logarithm of the weighted mean of e-values. The e-values themselves may exceed the range of a double. */
export function logMeanWorse(questions: readonly Question[], evidence: Evidence): number {
  const logs = questions.map(({ name, weight }) => Math.log(weight) + (evidence[name]?.worse.logE ?? 0));
  const most = Math.max(...logs);
  return most + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0));
}

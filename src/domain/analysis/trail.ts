import type { TimedBlock } from './blocks.ts';

/** The state of the evidence after one block, for the record and the report. Values are logarithms of e-values. */
export interface TrailPoint {
  /** Epoch ms at which the block ended. */
  readonly at: number;
  readonly instance: string;
  readonly questions: Readonly<
    Record<
      string,
      { readonly block: TimedBlock['questions'][string]; readonly worse: number; readonly notWorse: number }
    >
  >;
  /** The mean e-value for "worse" over all questions. */
  readonly worse: number;
}

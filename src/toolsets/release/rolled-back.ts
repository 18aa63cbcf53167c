import type { WeightProof } from '../../domain/release/proof.ts';
import type { ReleaseView } from '../../domain/release/view.ts';

/** What came of a rollback. */
export interface RolledBack {
  readonly view: ReleaseView;
  /**
   * `proved`: read back wherever traffic is divided. `reported`: the controller says so, and no proxy was read.
   * `pending`: under way, or not proved everywhere.
   */
  readonly effective: WeightProof['effective'];
  /** Whether users had been given the version that was taken back. */
  readonly changed: boolean;
}

/** `view`: the run that carried the rollback out. */
export function rolledBack(view: ReleaseView): RolledBack {
  if (view.closedAt === undefined) return { view, effective: 'pending', changed: false };
  // Nothing was written before the release ended: all users are where they were.
  if (view.state === 'refused') return { view, effective: 'proved', changed: false };
  if (view.state !== 'rolled-back') return { view, effective: 'refused', changed: false };
  return { view, effective: view.proof?.effective ?? 'pending', changed: true };
}

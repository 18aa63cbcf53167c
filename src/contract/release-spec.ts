import { kindsOf, type ReleaseSpec, type Timeouts } from '../domain/release/plan.ts';
import { strategyOf } from '../strategies/index.ts';
import type { FileDefaults } from '../strategies/strategy.ts';
import { toNamedPeople } from './approvals-file.ts';
import { toAnalysis } from './analysis-spec.ts';
import { toMs } from './duration.ts';
import type { ReleaseFile } from './release-file.ts';
import { kindOfSource, toSources } from './version-source.ts';

/** The server's settings that are defaults of a release file. */
export interface ReleaseDefaults extends FileDefaults {
  readonly defaultStrategy: string;
  readonly requireManualPromotion: boolean;
  readonly autoRollback: boolean;
  /** How callers prove who they are, as far as it is set up (src/config). */
  readonly oauthIssuers?: readonly string[];
  readonly serviceAccountAudience?: string | undefined;
  readonly access?: unknown;
}

/** Whether callers prove who they are. Then an approval has to be a person's, also where the file names nobody. */
const provesCallers = ({ oauthIssuers = [], serviceAccountAudience, access }: ReleaseDefaults): boolean =>
  oauthIssuers.length > 0 || serviceAccountAudience !== undefined || access !== undefined;

/**
 * A checked release file with every default filled in. `cluster`: the context that is used if the file names none.
 * Errors: INVALID_INPUT.
 */
export function toReleaseSpec(file: ReleaseFile, cluster: string, defaults: ReleaseDefaults): ReleaseSpec {
  const strategy = file.strategy ?? defaults.defaultStrategy;
  return {
    target: { cluster: file.target.cluster ?? cluster, namespace: file.target.namespace, rollout: file.target.rollout },
    image: file.image,
    ...(file.container ? { container: file.container } : {}),
    strategy,
    ...strategyOf(strategy).file.toSpec(file, defaults),
    ...kindsOf({ targetKind: file.target_kind ?? kindOfSource(file), split: file.split }),
    ...toSources(file),
    analysis: toAnalysis(file.analysis ?? {}),
    ...(file.accept_fast_track ? { acceptFastTrack: true } : {}),
    approval: file.approvers !== undefined || (file.approval?.required ?? false),
    ...(file.approval?.required && !file.approvers && provesCallers(defaults) ? { approvalByPerson: true } : {}),
    ...toNamedPeople(file),
    manualPromotion: file.require_manual_promotion ?? defaults.requireManualPromotion,
    autoRollback: file.auto_rollback ?? defaults.autoRollback,
    ...(file.fail_fast ? { failFast: file.fail_fast } : {}),
    restoreTemplate: file.after_rollback?.restore_template ?? true,
    timeouts: toTimeouts(file.timeouts ?? {}),
    guardMs: toMs(file.guard ?? '30m'),
    ...(file.when_busy && file.when_busy !== 'refuse' ? { whenBusy: file.when_busy } : {}),
  };
}

function toTimeouts(file: NonNullable<ReleaseFile['timeouts']>): Timeouts {
  return {
    stepMs: toMs(file.step ?? '10m'),
    approvalMs: toMs(file.approval ?? '24h'),
    decisionMs: toMs(file.decision ?? '24h'),
    rollbackMs: toMs(file.rollback ?? '15m'),
  };
}

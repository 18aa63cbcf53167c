import type { AuditFact, FactOf } from './audit-fact.ts';
import { isGuardEnd, type GuardRecord } from './guard.ts';

/** What a snapshot of a guard adds to the audit chain. `plan`: digest of the plan of its release. */
export function auditOfGuard(guard: GuardRecord, plan: string | undefined, fact: FactOf): readonly AuditFact[] {
  const { id, state, reason, startedBy, toImage, fromImage, until, autoRollback, verdict, who, rollbackRunId } = guard;
  const about = { ...(plan !== undefined && { plan }), guard: id };
  const back = {
    ...(who !== undefined && { who }),
    ...(rollbackRunId !== undefined && { rollback_run: rollbackRunId }),
  };
  const proposal = {
    ...{ ...about, who: startedBy, image: toImage, until: new Date(until).toISOString() },
    ...{ if_bad: autoRollback ? 'rollback' : 'ask', back_to: fromImage },
  };
  const judged = verdict && { verdict: verdict.outcome };
  return [
    fact('proposed', 'guard/proposed', proposal),
    ...(state === 'rolling-back' ? [fact('executed', 'guard/executed', { ...about, ...back, text: reason })] : []),
    ...(isGuardEnd(state) ? [fact('outcome', 'guard/outcome', { ...about, state, reason, ...back, ...judged })] : []),
  ];
}

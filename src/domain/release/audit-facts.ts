import { auditOfDelivery } from '../delivery/audit-of-delivery.ts';
import { callerOf, factsAbout, type AuditFact, type FactOf } from './audit-fact.ts';
import { auditOfGuard } from './audit-of-guard.ts';
import { planDigest, planFacts, type Sha256 } from './plan-digest.ts';
import type { Recorded, RecordEntry } from './record.ts';
import { isClosed, type ReleaseState } from './state.ts';

/** States in which a release has not changed its target yet. */
const BEFORE: readonly ReleaseState[] = ['preflight', 'waiting-for-approval', 'waiting-for-window'];

/**
 * The facts that an entry of the journal adds to the audit chain. `plan`: digest of the newest plan of this run in the
 * chain. Facts that are in the chain already are given again, under the same names.
 */
export function auditFacts(entry: RecordEntry, plan: string | undefined, sha256: Sha256): readonly AuditFact[] {
  const fact = factsAbout(entry);
  switch (entry.kind) {
    case 'release':
      return ofSnapshot(entry.key, entry.data, plan, sha256, fact);
    case 'event':
      return executed(entry.data, plan, fact);
    case 'command':
      return [decided(entry.data, plan, fact)];
    case 'guard':
      return auditOfGuard(entry.data, plan, fact);
    case 'delivery':
      return auditOfDelivery(entry.data, fact);
    default:
      return [];
  }
}

/**
 * The proposal that `batch` says about the run of `entry`, if this entry says that the run has begun to change its
 * target. A release that waits for nobody writes both at once, and the event first.
 */
export function proposalBefore(
  entry: RecordEntry,
  batch: readonly RecordEntry[],
  sha256: Sha256,
): readonly AuditFact[] {
  if (entry.kind !== 'event' || auditFacts(entry, undefined, sha256).length === 0) return [];
  const first = batch.find(({ runId, kind, data }) => runId === entry.runId && kind === 'release' && 'plan' in data);
  return first ? auditFacts(first, undefined, sha256).filter(({ kind }) => kind === 'proposed') : [];
}

function ofSnapshot(
  key: string,
  release: Recorded['release'],
  before: string | undefined,
  sha256: Sha256,
  fact: FactOf,
): readonly AuditFact[] {
  const { spec, plan, state, reason, closedAt, weightWanted } = release;
  const digest = plan && planDigest(planFacts(spec, plan), sha256);
  // A release that preflight has refused was proposed too. It has no plan.
  const first = digest === undefined ? closedAt !== undefined && before === undefined : digest !== before;
  const proposedAt = before === undefined ? release.startedAt : undefined;
  const now = digest ?? before;
  const ended = { ...(now !== undefined && { plan: now }), state, reason, weight: weightWanted };
  return [
    ...(first ? [fact('proposed', `proposed/${key}`, proposalOf(release, digest), proposedAt)] : []),
    ...(closedAt === undefined ? [] : [fact('outcome', `outcome/${state}`, ended)]),
  ];
}

function proposalOf(release: Recorded['release'], digest: string | undefined) {
  const { spec, startedBy, proposer, update } = release;
  return {
    ...(digest !== undefined && { plan: digest }),
    who: startedBy,
    ...callerOf(proposer),
    ...(release.back ? wayBack(release, release.back.reason) : wayForward(release)),
    strategy: spec.strategy,
    ...(update && { update }),
  };
}

function wayForward({ spec, plan }: Recorded['release']) {
  const { approvers, approvals } = spec;
  return {
    image: plan?.toImage ?? spec.image,
    ...(plan && { from: plan.fromImage, weights: plan.steps.map(({ weight }) => weight) }),
    approval: spec.approval,
    ...(approvers && { approvers }),
    ...(approvals && { approvals }),
  };
}

/** The plan is that of the release that is undone. */
function wayBack({ spec, plan }: Recorded['release'], reason: string) {
  return { rollback: true, ...(plan && { image: plan.fromImage }), from: plan?.toImage ?? spec.image, reason };
}

function decided(command: Recorded['command'], plan: string | undefined, fact: FactOf): AuditFact {
  const { requestId, command: name, outcome, detail, decision } = command;
  const counted = outcome !== 'refused';
  const answers = { approve: 'approved', reject: 'rejected' } as const;
  const kind = counted && (name === 'approve' || name === 'reject') ? answers[name] : 'commanded';
  const { who, why, sender, step, asked, guard } = decision ?? {};
  return fact(kind, `command/${requestId}`, {
    ...(plan !== undefined && { plan }),
    ...(guard !== undefined && { guard }),
    ...{ command: name, outcome, detail, request_id: requestId },
    ...(who !== undefined && { who }),
    ...callerOf(sender),
    ...(why !== undefined && { why }),
    ...(asked !== undefined && { asked }),
    ...(step !== undefined && { step: step + 1 }),
  });
}

function executed({ state, text }: Recorded['event'], plan: string | undefined, fact: FactOf): readonly AuditFact[] {
  if (BEFORE.includes(state) || isClosed(state)) return [];
  return [fact('executed', 'executed', { ...(plan !== undefined && { plan }), state, text })];
}

import type { CallerRecord } from '../access/caller.ts';
import { maskSecrets } from '../safe-text.ts';
import type { Sender } from './approval.ts';
import { planDigest, planFacts, type Sha256 } from './plan-digest.ts';
import type { Recorded, RecordEntry } from './record.ts';
import { isClosed, type ReleaseState } from './state.ts';

/**
 * `proposed`: a plan, with who wants it. `approved`, `rejected`: an answer to a question of the release. `commanded`:
 * another command, or an approval that was refused. `executed`: from here on the release may have changed its target.
 * `outcome`: how it has ended.
 */
export const AUDIT_KINDS = ['proposed', 'approved', 'rejected', 'commanded', 'executed', 'outcome'] as const;
export type AuditKind = (typeof AUDIT_KINDS)[number];

/** What the audit chain says about a release. */
export interface AuditFact {
  /** Unique in the chain, and identical for every repetition. */
  readonly event: string;
  /** Epoch ms, by the clock of Temporal. */
  readonly at: number;
  readonly releaseId: string;
  readonly runId: string;
  readonly kind: AuditKind;
  /** JSON: an object. */
  readonly data: string;
}

/** States in which a release has not changed its target yet. */
const BEFORE: readonly ReleaseState[] = ['preflight', 'waiting-for-approval', 'waiting-for-window'];

/**
 * The fact that an entry of the journal adds to the audit chain. Undefined: none. `plan`: digest of the newest plan of
 * this run in the chain.
 */
export function auditFacts(entry: RecordEntry, plan: string | undefined, sha256: Sha256): readonly AuditFact[] {
  const { releaseId, runId, at } = entry;
  const fact = (kind: AuditKind, name: string, data: object): AuditFact => ({
    ...{ event: `${runId}/${name}`, at, releaseId, runId, kind },
    data: JSON.stringify(data, (_, value: unknown) => (typeof value === 'string' ? maskSecrets(value) : value)),
  });
  if (entry.kind === 'release') return ofSnapshot(entry.key, entry.data, plan, sha256, fact);
  if (entry.kind === 'event') return executed(entry.data, plan, fact);
  if (entry.kind === 'command') return [decided(entry.data, plan, fact)];
  return [];
}

type Fact = (kind: AuditKind, name: string, data: object) => AuditFact;

function ofSnapshot(
  key: string,
  release: Recorded['release'],
  before: string | undefined,
  sha256: Sha256,
  fact: Fact,
): readonly AuditFact[] {
  const { spec, plan, state, reason, closedAt, weightWanted } = release;
  const digest = plan && planDigest(planFacts(spec, plan), sha256);
  // A release that preflight has refused was proposed too. It has no plan.
  const first = digest === undefined ? closedAt !== undefined && before === undefined : digest !== before;
  const now = digest ?? before;
  const ended = { ...(now !== undefined && { plan: now }), state, reason, weight: weightWanted };
  return [
    ...(first ? [fact('proposed', `proposed/${key}`, proposalOf(release, digest))] : []),
    ...(closedAt === undefined ? [] : [fact('outcome', `outcome/${state}`, ended)]),
  ];
}

function proposalOf({ spec, plan, startedBy, proposer, update }: Recorded['release'], digest: string | undefined) {
  const { approvers, approvals } = spec;
  return {
    ...(digest !== undefined && { plan: digest }),
    who: startedBy,
    ...callerOf(proposer),
    ...{ image: plan?.toImage ?? spec.image, strategy: spec.strategy },
    ...(plan && { from: plan.fromImage, weights: plan.steps.map(({ weight }) => weight) }),
    approval: spec.approval,
    ...(approvers && { approvers }),
    ...(approvals && { approvals }),
    ...(update && { update }),
  };
}

function decided(command: Recorded['command'], plan: string | undefined, fact: Fact): AuditFact {
  const { requestId, command: name, outcome, detail, decision } = command;
  const counted = outcome !== 'refused';
  const answers = { approve: 'approved', reject: 'rejected' } as const;
  const kind = counted && (name === 'approve' || name === 'reject') ? answers[name] : 'commanded';
  const { who, why, sender, step, asked } = decision ?? {};
  return fact(kind, `command/${requestId}`, {
    ...(plan !== undefined && { plan }),
    ...{ command: name, outcome, detail, request_id: requestId },
    ...(who !== undefined && { who }),
    ...callerOf(sender),
    ...(why !== undefined && { why }),
    ...(asked !== undefined && { asked }),
    ...(step !== undefined && { step: step + 1 }),
  });
}

function executed({ state, text }: Recorded['event'], plan: string | undefined, fact: Fact): readonly AuditFact[] {
  if (BEFORE.includes(state) || isClosed(state)) return [];
  return [fact('executed', 'executed', { ...(plan !== undefined && { plan }), state, text })];
}

/** In the form of the audit log of calls. */
function callerOf(sender: Sender | undefined): { caller?: Omit<CallerRecord, 'via'> & Pick<Sender, 'via'> } {
  const { identity, onBehalfOf, via } = sender ?? {};
  if (!identity) return {};
  return { caller: { ...identity, ...(via && { via }), ...(onBehalfOf && { on_behalf_of: onBehalfOf }) } };
}

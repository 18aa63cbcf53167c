import { callerOf, type AuditFact, type FactOf } from '../release/audit-fact.ts';
import type { DeliveryDecision, DeliveryRecord, DeliveryStep, StepView } from './delivery.ts';

/** Steps that may write outside the worker: to the repository, the registry, or the cluster. */
const WRITING: readonly DeliveryStep[] = ['onboard', 'push', 'deploy', 'release'];

/** What a snapshot of a delivery adds to the audit chain. */
export function auditOfDelivery(delivery: DeliveryRecord, fact: FactOf): readonly AuditFact[] {
  const { input, startedAt, steps, decisions = [] } = delivery;
  const about = input.digest === undefined ? {} : { plan: input.digest };
  const begun = steps.filter(({ step, state }) => state === 'running' && WRITING.includes(step));
  return [
    fact('proposed', 'proposed', { ...about, ...proposalOf(delivery) }, startedAt),
    ...decisions.map((one, index) =>
      fact('commanded', `decision/${index + 1}`, { ...about, ...decisionOf(one) }, one.at),
    ),
    ...begun.map((one) => fact('executed', nameOf(one), { ...about, step: one.step, attempt: one.attempts })),
    ...outcomeOf(delivery, about, fact),
  ];
}

const nameOf = ({ step, attempts }: StepView): string => `executed/${step}/${attempts}`;

function proposalOf({ input }: DeliveryRecord) {
  const { name, version, gitUrl, sourceCommit, branch, base, cluster, namespace, startedBy, proposer } = input;
  return {
    ...{ who: startedBy, ...callerOf(proposer), name, version, git_url: gitUrl, source_commit: sourceCommit },
    ...{ branch, base, cluster, namespace },
  };
}

function decisionOf({ command, who, sender, step }: DeliveryDecision) {
  return { command, who, ...callerOf(sender), ...(step !== undefined && { step }) };
}

function outcomeOf({ state, reason, closedAt, facts }: DeliveryRecord, about: object, fact: FactOf) {
  if (closedAt === undefined) return [];
  const { image, digest, pinnedCommit, releaseId, releaseRunId } = facts;
  const made = {
    ...(image !== undefined && { image }),
    ...(digest !== undefined && { digest }),
    ...(pinnedCommit !== undefined && { commit: pinnedCommit }),
    ...(releaseId !== undefined && { release: releaseId, release_run: releaseRunId }),
  };
  return [fact('outcome', `outcome/${state}`, { ...about, state, reason, ...made }, closedAt)];
}

import type { Target } from '../../domain/release/target.ts';
import type { AnalysisBrief, RolloutDetail } from '../../ports/rollout-objects.ts';
import type { ClusterClient } from '../../adapters/kubernetes/cluster-client.ts';
import { plainLine } from '../../adapters/kubernetes/text.ts';
import { runStatuses } from './analysis-hold.ts';
import { invalidSpec } from './phase.ts';
import { readReferencedObjects, readRollout } from './read.ts';
import type { Rollout } from './schema.ts';
import { toView } from './view.ts';
import type { ReferencedObjects } from './view.ts';

export async function readDetail(client: ClusterClient, target: Target): Promise<RolloutDetail> {
  const rollout = await readRollout(client, target);
  return toDetail(target, rollout, await readReferencedObjects(client, target, rollout));
}

export function toDetail(target: Target, rollout: Rollout, elsewhere: ReferencedObjects): RolloutDetail {
  const { metadata, spec, status } = rollout;
  const pause = status.pauseConditions?.[0];
  const invalid = invalidSpec(rollout);
  return {
    ...toView(target, rollout, elsewhere),
    pods: { total: status.replicas ?? 0, ready: status.readyReplicas ?? 0 },
    stepTexts: (spec.strategy.canary?.steps ?? []).map(stepText),
    ...(pause && { pausedSince: pause.startTime }),
    analysis: analysisOf(rollout),
    conditions: (status.conditions ?? []).map(({ type, status: state, reason, message, lastUpdateTime }) => ({
      type,
      status: state,
      reason,
      message: plainLine(message, 400),
      ...(lastUpdateTime && { since: lastUpdateTime }),
    })),
    ...(invalid !== undefined && { invalid }),
    ...(metadata.deletionTimestamp && {
      deletion: { since: metadata.deletionTimestamp, finalizers: metadata.finalizers ?? [] },
    }),
  };
}

function analysisOf(rollout: Rollout): AnalysisBrief[] {
  return runStatuses(rollout).map(({ message, ...run }) => ({ ...run, message: plainLine(message, 400) }));
}

/** Source: argo-rollouts v1.10.1, utils/rollout/rolloututil.go, CanaryStepString. */
function stepText(step: Readonly<Record<string, unknown>>): string {
  const [kind = 'empty', value] = Object.entries(step)[0] ?? [];
  const fields = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  if (kind === 'setWeight') return `setWeight: ${String(value)}`;
  if (kind === 'pause')
    return fields['duration'] === undefined
      ? 'pause until promoted'
      : `pause: ${plainLine(scalar(fields['duration']), 40)}`;
  const named = fields['name'] ?? fields['weight'] ?? fields['replicas'];
  if (kind === 'analysis') return `analysis: ${templateNames(fields['templates'])}`;
  return named === undefined ? plainLine(kind, 60) : plainLine(`${kind}: ${scalar(named)}`, 120);
}

function templateNames(templates: unknown): string {
  const names = Array.isArray(templates)
    ? templates.map((template: { templateName?: unknown } | null) => scalar(template?.templateName))
    : [];
  return plainLine(names.join(', '), 200);
}

const scalar = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '?';

import type { z } from 'zod';
import { outcomeText, type Outcome } from '../../commands/effect-text.ts';
import type { CommandContext } from '../../commands/command.ts';
import { argoStrategyName } from '../../domain/argo-strategies.ts';
import type { rolloutSnapshot } from '../../contract/rollout-snapshot.ts';
import type { Target } from '../../domain/release/target.ts';
import { cleanText } from '../../domain/safe-text.ts';
import type { RolloutState } from '../../domain/rollout.ts';

type Snapshot = z.output<typeof rolloutSnapshot>;

/** The Rollout that a call names. Errors: CLUSTER_UNKNOWN. */
export async function targetOf(
  context: CommandContext,
  { cluster, namespace, name }: { cluster?: string | undefined; namespace: string; name: string },
): Promise<Target> {
  return { cluster: cluster ?? (await context.clusters.current()), namespace, rollout: name };
}

export function toSnapshot(view: RolloutState): Snapshot {
  return {
    namespace: view.target.namespace,
    name: view.target.rollout,
    strategy: argoStrategyName(view),
    phase: view.phase,
    message: cleanText(view.message),
    images: Object.fromEntries(Object.entries(view.images).map(([name, image]) => [cleanText(name), cleanText(image)])),
    pod_hash: view.podHash,
    stable_hash: view.stableHash,
    ...(view.stepIndex === undefined ? {} : { step: view.stepIndex }),
    steps: view.steps.length,
    ...(view.canaryWeight === undefined ? {} : { weight: view.canaryWeight }),
    paused_by: [...(view.specPaused ? ['manual'] : []), ...view.pauseReasons],
    aborted: view.aborted,
    ...(view.owner ? { release_id: view.owner.releaseId } : {}),
    resource_version: view.resourceVersion,
  };
}

interface Answer extends Outcome {
  readonly before?: Snapshot | undefined;
  readonly after?: Snapshot | undefined;
  readonly next?: string | undefined;
}

/** The result of a write to a Rollout as text: what was done, the state of the Rollout, the next action. */
export function effectLines(answer: Answer): string[] {
  const { before, after, next } = answer;
  const state = after ? stateLine(after) : before && `${before.namespace}/${before.name}`;
  return [outcomeText(answer), state, next].filter((line) => line !== undefined);
}

function stateLine({ namespace, name, phase, message, weight }: Snapshot): string {
  const more = message ? `: ${message}` : '';
  return `${namespace}/${name} is now ${phase}${more}${weight === undefined ? '' : `, weight ${weight}`}`;
}

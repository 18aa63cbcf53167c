import { SluiceError } from '../../domain/errors.ts';
import { findPair } from '../../domain/route/arms.ts';
import type { Pair } from '../../domain/route/arms.ts';
import type { RolloutState } from '../../domain/rollout.ts';
import type { RouteView } from '../../ports/routes.ts';
import type { TrafficRef } from '../../ports/split.ts';
import type { CommandContext } from '../../commands/command.ts';

/** The target as the ports name it. */
export async function routeRef(
  { clusters }: CommandContext,
  input: { cluster?: string | undefined; namespace: string; route_name: string },
): Promise<TrafficRef> {
  return { cluster: input.cluster ?? (await clusters.current()), namespace: input.namespace, name: input.route_name };
}

/** The Rollouts in the route's namespace. Empty for a cluster without Argo Rollouts. */
export async function rolloutsInNamespace(
  { ports }: CommandContext,
  { cluster, namespace }: TrafficRef,
): Promise<readonly RolloutState[]> {
  try {
    return await ports.rolloutObjects.list({ cluster, namespace });
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'CRD_MISSING') return [];
    throw error;
  }
}

/** The Rollout whose controller writes the route's weights. It overwrites any other weights at its next reconcile. */
export function writerOf(rollouts: readonly RolloutState[], ref: TrafficRef): RolloutState | undefined {
  return rollouts.find((rollout) => rollout.traefikService === ref.name);
}

/** The Rollouts that control one of these Services. */
export function rolloutsOver(rollouts: readonly RolloutState[], services: readonly string[]): readonly RolloutState[] {
  const steers = ({ stableService, candidateService }: RolloutState) =>
    [stableService, candidateService].some((name) => name !== undefined && services.includes(name));
  return rollouts.filter(steers);
}

/** Identifies the role of each Service of the route. Errors: INVALID_INPUT when the roles cannot be determined. */
export function requirePair(view: RouteView, rollouts: readonly RolloutState[], named: Partial<Pair>): Pair {
  const services = view.entries.map(({ service }) => service);
  const hints = rollouts.map(({ stableService, candidateService }) => ({
    ...(stableService && { stable: stableService }),
    ...(candidateService && { canary: candidateService }),
  }));
  const pair = findPair(services, { named, rollouts: hints });
  if (pair) return pair;
  throw new SluiceError(
    'INVALID_INPUT',
    `Which Service of ${view.ref.namespace}/${view.ref.name} is stable and which is canary is not clear; it has ${services.join(', ') || 'none'}.`,
    {
      next: 'Give stable_service and canary_service, each a Service of the route.',
    },
  );
}

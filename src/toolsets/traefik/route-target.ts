import { SluiceError } from '../../domain/errors.ts';
import type { TrafficRef } from '../../ports/split.ts';
import type { RolloutState } from '../../domain/rollout.ts';
import type { RouteArms } from '../../ports/middlewares.ts';
import type { CommandContext } from '../../commands/command.ts';
import { refuseOwned } from '../../commands/owned.ts';
import { rolloutsInNamespace } from './route-rollouts.ts';

/** The weighted route that a call names, with the Rollout whose Services it contains. */
export interface RouteTarget {
  readonly ref: TrafficRef;
  readonly arms: RouteArms;
  readonly rollout?: RolloutState;
}

interface Named {
  readonly cluster?: string | undefined;
  readonly namespace: string;
  readonly route_name: string;
}

/** Errors: TRAFFIC_SERVICE_NOT_FOUND, NAMESPACE_NOT_FOUND, CLUSTER_*. */
export async function routeTarget(
  context: CommandContext,
  { cluster, namespace, route_name: name }: Named,
): Promise<RouteTarget> {
  const ref = { cluster: cluster ?? (await context.clusters.current()), namespace, name };
  const arms = await context.ports.middlewares.arms(ref);
  const rollouts = await rolloutsInNamespace(context, ref);
  const rollout =
    rollouts.find(({ traefikService }) => traefikService === name) ??
    rollouts.find(
      ({ stableService, candidateService }) => weighs(arms, stableService) && weighs(arms, candidateService),
    );
  return { ref, arms, ...(rollout && { rollout }) };
}

function weighs({ services }: RouteArms, service: string | undefined): boolean {
  return service !== undefined && services.includes(service);
}

/** Errors: OWNED_BY_OTHER when a running release owns the route or its Rollout. */
export function refuseOwnedRoute({ ref, arms, rollout }: RouteTarget): void {
  refuseOwned(arms.owner, `TraefikService ${ref.namespace}/${ref.name}`);
  refuseOwned(rollout?.owner, `Rollout ${ref.namespace}/${rollout?.target.rollout ?? ''}`);
}

/** The Service of the new version: the one named in the call, otherwise the Rollout's. Errors: INVALID_INPUT. */
export function canaryService({ ref, arms, rollout }: RouteTarget, named: string | undefined): string {
  const service = named ?? rollout?.candidateService;
  if (service === undefined)
    throw new SluiceError(
      'INVALID_INPUT',
      `canary_service: is needed, as no Rollout in ${ref.namespace} uses TraefikService ${ref.name}`,
    );
  if (named !== undefined && named === rollout?.stableService)
    throw new SluiceError(
      'INVALID_INPUT',
      `canary_service: ${named} is the stable Service of Rollout ${rollout.target.rollout}`,
    );
  if (!weighs(arms, service))
    throw new SluiceError(
      'INVALID_INPUT',
      `canary_service: TraefikService ${ref.name} has no Service "${service}"; it has ${arms.services.join(', ') || 'none'}`,
    );
  return service;
}

import { SluiceError } from '../../domain/errors.ts';
import { cleanText } from '../../domain/safe-text.ts';
import { competes, ruleFor } from '../../domain/route/rule.ts';
import type { RolloutState } from '../../domain/rollout.ts';
import type { RouteLinks, RoutePlan, ServiceFacts } from '../../ports/routes.ts';
import type { TrafficRef } from '../../ports/split.ts';
import type { CommandContext, CommandSettings } from '../../commands/command.ts';
import { isAllowed } from '../../commands/access.ts';
import { refuseOwned } from '../../commands/owned.ts';
import { linkName } from './route-counters.ts';
import { rolloutsOver } from './route-rollouts.ts';

interface RouteRequest {
  readonly hostname: string;
  readonly path_prefix?: string | undefined;
  readonly entry_points?: readonly string[] | undefined;
  readonly stable_service?: string | undefined;
  readonly canary_service?: string | undefined;
  readonly port?: number | undefined;
  readonly rollout?: string | undefined;
  readonly native_lb?: boolean | undefined;
}

interface Planned {
  readonly plan: RoutePlan;
  readonly refusal?: { readonly reason: string; readonly next: string };
}

/**
 * The objects to create, or the reason for a refusal. Errors: INVALID_INPUT, ROLLOUT_NOT_FOUND, SERVICE_NOT_FOUND,
 * OWNED_BY_OTHER, those of the ports.
 */
export async function planRoute(
  { ports, settings }: CommandContext,
  ref: TrafficRef,
  request: RouteRequest,
  rollouts: readonly RolloutState[],
): Promise<Planned> {
  const named = request.rollout === undefined ? undefined : requireRollout(rollouts, ref, request.rollout);
  const stable = request.stable_service ?? named?.stableService ?? `${ref.name}-stable`;
  const canary = request.canary_service ?? named?.candidateService ?? `${ref.name}-canary`;
  if (stable === canary)
    throw new SluiceError('INVALID_INPUT', `canary_service: stable and canary are the same Service, ${stable}`);
  if (named) requireItsServices(named, stable, canary);
  const service = (name: string) => ports.routes.service({ ...ref, name });
  const [one, other, links] = await Promise.all([service(stable), service(canary), ports.routes.links(ref)]);
  const over = rolloutsOver(rollouts, [stable, canary]);
  for (const { owner, target } of over)
    refuseOwned(owner, `Rollout ${target.namespace}/${target.rollout}, whose Services these are,`);
  const match = ruleFor(request.hostname, request.path_prefix);
  const plan = {
    stable,
    canary,
    port: request.port ?? onlyPort(one, other),
    nativeLb: request.native_lb === true,
    match,
    entryPoints: request.entry_points ?? [],
  };
  for (const facts of [one, other]) requirePort(facts, plan.port);
  const refusal = refuseUpdating(over) ?? refuseCompeting(ref, plan, links, settings);
  return { plan, ...(refusal && { refusal }) };
}

function requireRollout(
  rollouts: readonly RolloutState[],
  { cluster, namespace }: TrafficRef,
  name: string,
): RolloutState {
  const found = rollouts.find(({ target }) => target.rollout === name);
  if (found) return found;
  const known = rollouts.map(({ target }) => target.rollout).join(', ');
  throw new SluiceError(
    'ROLLOUT_NOT_FOUND',
    `Cluster "${cluster}" has no Rollout ${namespace}/${name}; in ${namespace} there are: ${known || 'none'}.`,
  );
}

function requireItsServices(
  { target, stableService, candidateService }: RolloutState,
  stable: string,
  canary: string,
): void {
  if (stableService === stable && candidateService === canary) return;
  throw new SluiceError(
    'INVALID_INPUT',
    `rollout: Rollout ${target.rollout} steers ${stableService ?? 'no Service'} and ${candidateService ?? 'no Service'}, not ${stable} and ${canary}`,
  );
}

function onlyPort(stable: ServiceFacts, canary: ServiceFacts): number {
  const [port] = stable.ports;
  if (port && stable.ports.length === 1 && canary.ports.length === 1 && canary.ports[0]?.port === port.port)
    return port.port;
  throw new SluiceError(
    'INVALID_INPUT',
    `port: ${portsText(stable)} and ${portsText(canary)}; name one that both have`,
  );
}

function requirePort(facts: ServiceFacts, port: number): void {
  if (facts.ports.some((one) => one.port === port)) return;
  throw new SluiceError('INVALID_INPUT', `port: ${portsText(facts)}, not ${port}`);
}

function portsText({ name, ports }: ServiceFacts): string {
  return `Service ${name} has ${ports.length === 0 ? 'no port' : `port ${ports.map(({ port }) => port).join(', ')}`}`;
}

/**
 * Refuses while a Rollout is updating, because a new route starts at 100/0, whatever share the candidate was judged at.
 * A Rollout without a stable version is accepted: its first version replaces nothing.
 */
function refuseUpdating(rollouts: readonly RolloutState[]): Planned['refusal'] {
  const updating = rollouts.find(
    ({ podHash, stableHash, aborted, observed }) =>
      !observed || (stableHash !== '' && podHash !== stableHash && !aborted),
  );
  if (!updating) return undefined;
  const { target, podHash, stableHash, observed } = updating;
  const state = observed
    ? `is in the middle of an update (${stableHash} to ${podHash})`
    : 'has a new specification that its controller has not seen yet';
  return {
    reason: `Rollout ${target.rollout} ${state}; a route created now would not have the share of its candidate`,
    next: 'Create the route before the promotion begins: finish or abort this update first.',
  };
}

function refuseCompeting(
  ref: TrafficRef,
  plan: RoutePlan,
  { links }: RouteLinks,
  settings: CommandSettings,
): Planned['refusal'] {
  const own = (from: { namespace: string; name: string }) => from.namespace === ref.namespace && from.name === ref.name;
  const rivals = links.filter(({ from, rule }) => rule && !own(from) && competes(rule, plan));
  if (rivals.length === 0) return undefined;
  const names = [
    ...new Set(
      rivals.map(({ from, rule }) =>
        isAllowed(from.namespace, settings)
          ? `${linkName(from, settings)} (${cleanText(rule?.match ?? '', 200)})`
          : linkName(from, settings),
      ),
    ),
  ].join(', ');
  return {
    reason: `${names} answers the same requests, and priorities would decide which of the two gets them`,
    next: 'Choose another hostname or path_prefix, or delete the other route first.',
  };
}

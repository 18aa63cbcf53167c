import type { Effect } from '../../domain/effect.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { MiddlewareView, DesiredMiddleware } from '../../ports/middlewares.ts';
import { TRAEFIK_SERVICE } from '../../adapters/kubernetes/kinds.ts';
import { ownerOf } from '../../adapters/kubernetes/owner-mark.ts';
import { plainLine } from '../../adapters/kubernetes/text.ts';
import { attachOperations, AttachableService, detachOperations, slotsOf } from './attachments.ts';
import type { Holder } from './attachments.ts';
import { refuseForeign } from './field-owners.ts';
import { IngressRoute, listIngressRoutes, routesTo } from './ingress-routes.ts';
import { applyMiddleware, middlewareRef, readMiddleware, refuseOtherType, sameSpec } from './middleware-object.ts';
import type { MiddlewareObject } from './middleware-object.ts';
import { tooOld } from './middleware-status.ts';
import { readAttachable, viewOf } from './middleware-view.ts';
import type { World } from './middleware-view.ts';
import { dryRun, write, writeAll } from './patch-part.ts';
import type { PatchPart } from './patch-part.ts';
import { servedMiddleware, versionOf, whyDisabled } from './replica-api.ts';
import { until } from './settle.ts';
import { plural } from '../../domain/plural.ts';

/** The writes of a call, after a dry run of all of them. */
interface Plan {
  readonly read: MiddlewareObject | undefined;
  readonly settingsDiffer: boolean;
  readonly parts: readonly PatchPart[];
}

/**
 * Creates or changes a Middleware and attaches it. Every replica has loaded the middleware before any object refers to
 * it.
 */
export async function putMiddleware(world: World, desired: DesiredMiddleware): Promise<Effect<MiddlewareView>> {
  const before = await viewOf(world, desired.name);
  const refused = (reason: string): Effect<MiddlewareView> => ({
    changed: false,
    effective: 'refused',
    reason,
    before,
    after: before,
  });
  const holders = await findHolders(world, desired);
  const obstacle =
    (await elsewhere(world, desired)) ??
    (desired.place.on === 'service' ? await cannotAttachToService(world, desired, desired.place.service) : undefined);
  if (obstacle) return refused(obstacle);
  const plan = await dryRunAll(world, desired, holders);
  if (typeof plan === 'string') return refused(plan);
  const changed = plan.settingsDiffer || plan.parts.length > 0;
  const failed = changed ? await writeAllParts(world, desired, plan) : undefined;
  if (failed) return refused(failed);
  const wanted = holders.flatMap(({ slots }) => slots.map(({ what }) => what));
  const after = await until(
    () => viewOf(world, desired.name),
    (view) => missing(view, wanted) === undefined,
  );
  return { changed, ...judge(after, wanted, changed), before, after };
}

/**
 * The objects that will refer to the middleware. Errors: TRAFFIC_SERVICE_NOT_FOUND, ROUTE_NOT_FOUND, FIELD_CONFLICT.
 */
async function findHolders({ client, ref }: World, desired: DesiredMiddleware): Promise<readonly Holder[]> {
  const service = await readAttachable(client, ref);
  const objects = desired.place.on === 'service' ? [service] : await routesTo(client, ref);
  const holders = objects.map((object) => slotsOf(object, desired.place, ref));
  if (objects.length === 0)
    throw new SluiceError(
      'ROUTE_NOT_FOUND',
      `No IngressRoute in ${ref.namespace} leads to TraefikService ${ref.name}.`,
    );
  if (desired.place.on === 'service' && holders[0]?.slots.length !== 1) {
    throw new SluiceError(
      'TRAFFIC_SERVICE_NOT_FOUND',
      `TraefikService ${ref.namespace}/${ref.name} names Service "${desired.place.service}" ${holders[0]?.slots.length ?? 0} times; once is needed.`,
    );
  }
  const changing = holders.filter(({ slots }) => attachOperations(slots, desired.name).length > 0);
  for (const holder of changing) refuseForeign(holder.object, holder.ref, holder.path, desired.takeOver);
  return holders;
}

/**
 * A middleware has one place only. A circuit breaker for a canary that is also on the whole route would block stable.
 */
async function elsewhere({ client, ref }: World, desired: DesiredMiddleware): Promise<string | undefined> {
  const [routes, services] = await Promise.all([
    listIngressRoutes(client, ref.namespace),
    client.list(TRAEFIK_SERVICE, ref.namespace),
  ]);
  const uses = (list: readonly { name: string }[] | undefined) =>
    list?.some(({ name }) => name === desired.name) === true;
  const onRules = routes
    .filter(({ spec }) => spec.routes.some(({ middlewares }) => uses(middlewares)))
    .map(({ metadata }) => `IngressRoute ${metadata.name}`);
  const onServices = services
    .flatMap((item) => AttachableService.safeParse(item).data ?? [])
    .flatMap(({ metadata, spec }) =>
      (spec.weighted?.services ?? [])
        .filter(({ middlewares }) => uses(middlewares))
        .map((entry) => ({ of: metadata.name, entry: entry.name })),
    );
  const { place } = desired;
  const others =
    place.on === 'service'
      ? [
          ...onRules,
          ...onServices
            .filter(({ of, entry }) => of !== ref.name || entry !== place.service)
            .map(({ of, entry }) => `Service ${entry} of TraefikService ${of}`),
        ]
      : onServices.map(({ of, entry }) => `Service ${entry} of TraefikService ${of}`);
  return others.length === 0
    ? undefined
    : `Middleware ${desired.name} is attached to ${plainLine(others.join(', '))} already, and would act there too; choose another middleware_name`;
}

async function cannotAttachToService(
  { client, ref, replicas }: World,
  desired: DesiredMiddleware,
  service: string,
): Promise<string | undefined> {
  for (const replica of replicas) {
    const why = await versionOf(replica).then(
      tooOld,
      (error: unknown) =>
        `it does not say its version: ${plainLine(error instanceof Error ? error.message : String(error))}`,
    );
    if (why) return `Traefik ${replica.name} cannot be relied on for a middleware on one Service: ${why}`;
  }
  const items = (await client.list(TRAEFIK_SERVICE, ref.namespace)).flatMap(
    (item) => AttachableService.safeParse(item).data ?? [],
  );
  const twin = items.find(
    ({ metadata, spec }) =>
      metadata.name !== ref.name &&
      [...(spec.weighted?.services ?? []), ...(spec.mirroring ? [spec.mirroring, ...spec.mirroring.mirrors] : [])].some(
        ({ name, kind }) => kind === 'Service' && name === service,
      ),
  );
  // With flattened names Traefik merges two references to one Service and port. The last definition applies
  // (kubernetes.go, addToConfig).
  return (
    twin &&
    `TraefikService ${twin.metadata.name} also names Service ${service}; Traefik may merge the two references, so ${desired.name} could be lost or act there as well`
  );
}

/** Does a dry run of every part. A text is the reason for a refusal. */
async function dryRunAll(
  { client, ref }: World,
  desired: DesiredMiddleware,
  holders: readonly Holder[],
): Promise<Plan | string> {
  const object = middlewareRef(ref.namespace, desired.name);
  const read = await readMiddleware(client, object);
  refuseOtherType(object, read, desired.spec);
  const applied = await applyMiddleware(client, object, {
    spec: desired.spec,
    read,
    force: desired.takeOver,
    dryRun: true,
  });
  const parts: PatchPart[] = [];
  for (const holder of holders) {
    const part = partOf(holder, desired, ref);
    const result = await dryRun(client, part);
    if (result === undefined) continue;
    if (part.operations(result).length > 0)
      return `the CRDs of this cluster drop middlewares of ${holder.ref.kind.name} ${holder.ref.name}: they are older than Traefik 3.7`;
    parts.push(part);
  }
  return { read, settingsDiffer: !sameSpec(read?.spec, applied.spec), parts };
}

function partOf(holder: Holder, desired: DesiredMiddleware, ref: World['ref']): PatchPart {
  const parse = (object: unknown) =>
    desired.place.on === 'service' ? AttachableService.parse(object) : IngressRoute.parse(object);
  return {
    ref: holder.ref,
    operations: (object) => {
      const owner = ownerOf(AttachableService.pick({ metadata: true }).parse(object).metadata.annotations);
      if (owner)
        throw new SluiceError(
          'OWNED_BY_OTHER',
          `${holder.ref.kind.name} ${ref.namespace}/${holder.ref.name} was taken by ${plainLine(owner.releaseId)} meanwhile.`,
          { details: { release_id: owner.releaseId } },
        );
      return attachOperations(slotsOf(parse(object), desired.place, ref).slots, desired.name);
    },
    inverse: (object) => detachOperations(slotsOf(parse(object), desired.place, ref).slots, desired.name),
  };
}

/** Writes the plan. A text is the reason for a failure: all changes were then undone. */
async function writeAllParts(world: World, desired: DesiredMiddleware, plan: Plan): Promise<string | undefined> {
  const { client, ref } = world;
  const object = middlewareRef(ref.namespace, desired.name);
  if (plan.settingsDiffer)
    await applyMiddleware(client, object, {
      spec: desired.spec,
      read: plan.read,
      force: desired.takeOver,
      dryRun: false,
    });
  try {
    const silent = plan.read ? undefined : await notLoaded(world, desired.name);
    if (silent) {
      await removeMade(world, desired, plan);
      return silent;
    }
    await writeAll(client, plan.parts);
    return undefined;
  } catch (error) {
    await removeMade(world, desired, plan);
    throw error;
  }
}

/** If a Service refers to a middleware that a replica does not have, that replica stops serving the Service. */
async function notLoaded({ replicas, ref }: World, name: string): Promise<string | undefined> {
  const look = async () => {
    const seen = await Promise.all(
      replicas.map(async (replica) => ({
        replica,
        why: await servedMiddleware(replica, ref.namespace, name).then(
          (served) => whyDisabled('the middleware', served),
          String,
        ),
      })),
    );
    return seen.find(({ why }) => why !== undefined);
  };
  const late = await until(look, (one) => one === undefined);
  return (
    late &&
    `Traefik ${late.replica.name} did not take Middleware ${name} over (${plainLine(late.why ?? '')}); it was removed again`
  );
}

/**
 * Removes only what this call created. An existing Middleware gets its new settings only when everything else worked.
 */
async function removeMade({ client, ref }: World, desired: DesiredMiddleware, plan: Plan): Promise<void> {
  if (!plan.settingsDiffer) return;
  const object = middlewareRef(ref.namespace, desired.name);
  const now = await readMiddleware(client, object);
  if (!now) return;
  if (!plan.read) await client.remove(object, { uid: now.metadata.uid });
  else
    await write(client, {
      ref: object,
      operations: () => [{ op: 'replace', path: '/spec', value: plan.read?.spec }],
      inverse: () => [],
    });
}

/** The first place where the middleware is not visible. Undefined if it is in force at every visible place. */
function missing(view: MiddlewareView, wanted: readonly string[]): string | undefined {
  const unattached = wanted.find((what) => !view.attachedTo.includes(what));
  if (unattached !== undefined) return `${unattached} does not refer to it`;
  for (const { replica, loaded, usedBy, error } of view.replicas) {
    const unused = wanted.find((what) => !usedBy.includes(what));
    if (!loaded || unused !== undefined)
      return `Traefik ${replica} ${error ?? (loaded ? `does not use it for ${unused ?? ''}` : 'has not loaded it')}`;
  }
  return undefined;
}

function judge(
  view: MiddlewareView,
  wanted: readonly string[],
  changed: boolean,
): Pick<Effect<unknown>, 'effective' | 'reason'> {
  const what = changed ? '' : 'no change was needed; ';
  const hole = missing(view, wanted);
  if (hole !== undefined) return { effective: 'pending', reason: `${what}${hole}` };
  if (view.replicas.length === 0)
    return {
      effective: 'pending',
      reason: `${what}no Traefik API is configured, so what Traefik does with it is not known`,
    };
  return {
    effective: 'proved',
    reason: `${what}enabled on ${plural(view.replicas.length, 'Traefik replica')}, in use for ${wanted.join(', ')}`,
  };
}

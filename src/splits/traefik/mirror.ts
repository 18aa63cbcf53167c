import type { Effect } from '../../domain/effect.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { MirrorView, DesiredMirror } from '../../ports/middlewares.ts';
import { plainLine } from '../../adapters/kubernetes/text.ts';
import { refuseForeign } from './field-owners.ts';
import { ingressRef, listIngressRoutes, mirrorName } from './ingress-routes.ts';
import { sameSpec } from './middleware-object.ts';
import { readAttachable } from './middleware-view.ts';
import type { World } from './middleware-view.ts';
import { applyMirror, mirrorRef, mirrorSpec, readMirrorObject, refuseOtherForm } from './mirror-object.ts';
import type { MirrorObject } from './mirror-object.ts';
import { mirrorRules, rival, setMirrorRules, split } from './mirror-rules.ts';
import { mirrorViewOf, placedRules } from './mirror-view.ts';
import { dryRun, write, writeAll } from './patch-part.ts';
import type { PatchPart } from './patch-part.ts';
import { namesOf, servedService, whyDisabled } from './replica-api.ts';
import { until } from './settle.ts';
import { plural } from '../../domain/plural.ts';

interface Plan {
  readonly spec: object;
  readonly read: MirrorObject | undefined;
  readonly specDiffers: boolean;
  readonly parts: readonly PatchPart[];
  readonly takeOver: boolean;
}

/** Mirrors a route. It writes the mirroring TraefikService first. When every replica has it, it writes the rules. */
export async function mirrorRoute(world: World, desired: DesiredMirror): Promise<Effect<MirrorView>> {
  const before = await mirrorViewOf(world);
  const plan = await dryRunAll(world, desired);
  if (typeof plan === 'string') return { changed: false, effective: 'refused', reason: plan, before, after: before };
  const changed = plan.specDiffers || plan.parts.length > 0;
  const failed = changed ? await writeAllParts(world, plan) : undefined;
  if (failed) return { changed: false, effective: 'refused', reason: failed, before, after: await mirrorViewOf(world) };
  const after = await until(
    () => mirrorViewOf(world),
    (view) => missing(view, desired) === undefined,
  );
  return {
    changed,
    ...judge(after, missing(after, desired), changed, `mirrored by ${after.rules.length} rule(s)`),
    before,
    after,
  };
}

/**
 * Does a dry run of every part. A text is the reason for a refusal. Errors: ROUTE_NOT_FOUND, FIELD_CONFLICT,
 * ALREADY_EXISTS, SERVICE_NOT_FOUND.
 */
async function dryRunAll({ client, ref }: World, desired: DesiredMirror): Promise<Plan | string> {
  const [route, read, ingressRoutes] = await Promise.all([
    readAttachable(client, ref),
    readMirrorObject(client, ref),
    listIngressRoutes(client, ref.namespace),
  ]);
  refuseOtherForm(ref, read);
  const spec = await mirrorSpec(client, ref, route, desired);
  if (typeof spec === 'string') return spec;
  const holders = ingressRoutes.filter((object) => split(object, ref).leading.length > 0);
  if (holders.length === 0)
    throw new SluiceError(
      'ROUTE_NOT_FOUND',
      `No IngressRoute in ${ref.namespace} leads to TraefikService ${ref.name}.`,
    );
  const shared = holders.find((object) => split(object, ref).leading.some((one) => one.route.services.length > 1));
  if (shared)
    return `a rule of IngressRoute ${shared.metadata.name} shares its requests between ${ref.name} and other services; a mirror would take their part`;
  const met = rival(ingressRoutes, ref);
  if (met) return plainLine(met, 400);
  const applied = await applyMirror(client, ref, { spec, read, force: desired.takeOver, dryRun: true });
  const parts = await changing(
    { client, ref },
    holders.map((object) => ({ object, rules: (now: unknown) => mirrorRules(now, ref, desired.methods) })),
    desired.takeOver,
  );
  return { spec, read, specDiffers: !sameSpec(read?.spec, applied.spec), parts, takeOver: desired.takeOver };
}

interface Holder {
  readonly object: Awaited<ReturnType<typeof listIngressRoutes>>[number];
  readonly rules: (now: unknown) => readonly Record<string, unknown>[];
}

/** The IngressRoutes that change, after a dry run. */
async function changing(
  { client, ref }: Pick<World, 'client' | 'ref'>,
  holders: readonly Holder[],
  takeOver: boolean,
): Promise<readonly PatchPart[]> {
  const parts: PatchPart[] = [];
  for (const { object, rules } of holders) {
    const raw = await client.get(ingressRef(object));
    const earlier = split(raw, ref).mirrors;
    const part: PatchPart = {
      ref: ingressRef(object),
      operations: (now) => setMirrorRules(now, ref, rules(now)),
      inverse: (now) => setMirrorRules(now, ref, earlier),
    };
    if (part.operations(raw).length === 0) continue;
    refuseForeign(raw, part.ref, ['spec', 'routes'], takeOver);
    if ((await dryRun(client, part)) !== undefined) parts.push(part);
  }
  return parts;
}

/** Writes the plan. A text is the reason for a failure: all changes were then undone. */
async function writeAllParts(world: World, plan: Plan): Promise<string | undefined> {
  const { client, ref } = world;
  if (plan.specDiffers)
    await applyMirror(client, ref, { spec: plan.spec, read: plan.read, force: plan.takeOver, dryRun: false });
  try {
    const late = plan.read ? undefined : await notLoaded(world);
    if (late === undefined) await writeAll(client, plan.parts);
    else await takeBack(world, plan);
    return late && `${late}; it was removed again`;
  } catch (error) {
    await takeBack(world, plan);
    throw error;
  }
}

/** A rule that leads to a service that Traefik does not have yet answers 404. */
export async function notLoaded({ replicas, ref }: Pick<World, 'replicas' | 'ref'>): Promise<string | undefined> {
  const name = mirrorName(ref.name);
  const look = async () => {
    const seen = await Promise.all(
      replicas.map(async (replica) => ({
        replica,
        why: await servedService(replica, namesOf(ref.namespace, name)).then(
          (served) => whyDisabled(name, served),
          String,
        ),
      })),
    );
    return seen.find(({ why }) => why !== undefined);
  };
  const late = await until(look, (one) => one === undefined);
  return late && `Traefik ${late.replica.name} did not take ${name} over (${plainLine(late.why ?? '')})`;
}

async function takeBack({ client, ref }: World, { read, specDiffers }: Plan): Promise<void> {
  const now = specDiffers ? await readMirrorObject(client, ref) : undefined;
  if (!now) return;
  if (!read) await client.remove(mirrorRef(ref), { uid: now.metadata.uid });
  else
    await write(client, {
      ref: mirrorRef(ref),
      operations: () => [{ op: 'replace', path: '/spec', value: read.spec }],
      inverse: () => [],
    });
}

/** Removes the rules. When no replica has them any more, it removes the TraefikService. */
export async function unmirrorRoute(world: World, takeOver: boolean): Promise<Effect<MirrorView>> {
  const { client, ref } = world;
  const before = await mirrorViewOf(world);
  const object = await readMirrorObject(client, ref);
  refuseOtherForm(ref, object);
  const ingressRoutes = await listIngressRoutes(client, ref.namespace);
  const gone = placedRules(ingressRoutes, ref);
  const parts = await changing(
    world,
    ingressRoutes.filter((one) => split(one, ref).mirrors.length > 0).map((one) => ({ object: one, rules: () => [] })),
    takeOver,
  );
  const changed = parts.length > 0 || object !== undefined;
  await writeAll(client, parts);
  const ruleless = await until(
    () => mirrorViewOf(world, gone),
    (view) => view.replicas.every(({ rules }) => rules.length === 0),
  );
  const stays = ruleless.replicas.find(({ rules }) => rules.length > 0);
  if (stays)
    return {
      changed,
      effective: 'pending',
      reason: `the rules are removed, but Traefik ${stays.replica} still has them; the mirroring TraefikService was left for it`,
      before,
      after: ruleless,
    };
  if (object) await client.remove(mirrorRef(ref), { uid: object.metadata.uid });
  const after = await until(
    () => mirrorViewOf(world, gone),
    (view) => remaining(view) === undefined,
  );
  return { changed, ...judge(after, remaining(after), changed, 'nothing is mirrored any more'), before, after };
}

function remaining(view: MirrorView): string | undefined {
  if (view.service !== undefined || view.rules.length > 0) return 'the objects are still there';
  const still = view.replicas.find(
    ({ rules, percent, error }) => rules.length > 0 || percent !== undefined || error !== undefined,
  );
  return still && `Traefik ${still.replica} ${still.error ?? 'still mirrors'}`;
}

/** The first place where the mirror is not visible as wanted. */
export function missing(view: MirrorView, desired: DesiredMirror): string | undefined {
  if (view.service !== desired.service || view.percent !== desired.percent || view.methods !== desired.methods)
    return 'the objects are not as they were written; somebody else has changed them';
  for (const { replica, percent, rules, error } of view.replicas) {
    if (error !== undefined) return `Traefik ${replica} ${error}`;
    if (percent !== desired.percent) return `Traefik ${replica} mirrors ${percent ?? 0} %`;
    const absent = view.rules.find((rule) => !rules.includes(rule));
    if (absent !== undefined) return `Traefik ${replica} does not lead ${plainLine(absent)} to the mirror`;
  }
  return undefined;
}

function judge(
  view: MirrorView,
  hole: string | undefined,
  changed: boolean,
  fine: string,
): Pick<Effect<unknown>, 'effective' | 'reason'> {
  const what = changed ? '' : 'no change was needed; ';
  if (hole !== undefined) return { effective: 'pending', reason: `${what}${hole}` };
  if (view.replicas.length === 0)
    return { effective: 'pending', reason: `${what}no Traefik API is configured, so what Traefik does is not known` };
  return { effective: 'proved', reason: `${what}${fine}, on ${plural(view.replicas.length, 'Traefik replica')}` };
}

import { nearest } from '../../contract/nearest.ts';
import { dnsName } from '../../contract/target.ts';
import { findKind, fullName, type ApiKind } from '../../domain/cluster-objects/api-kind.ts';
import type { ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { SluiceError } from '../../domain/errors.ts';
import { fluxKinds } from '../../domain/flux/flux-kinds.ts';
import type { FluxReference } from '../../domain/flux/references.ts';
import type { ObjectAt } from '../../ports/cluster-objects.ts';
import { isAllowed } from '../../commands/access.ts';
import type { CommandContext } from '../../commands/command.ts';
import { placesOf } from '../../commands/places.ts';
import { clusterOf, located, type AskedObject } from '../../commands/objects/located.ts';

const PAGE = 500;
/** Of each kind, at most this many objects are read. */
const MAX_OF_A_KIND = 5000;

export interface FluxObjects {
  readonly objects: readonly ApiObject[];
  /** "alerts: …" for each kind that could not be read completely. */
  readonly notRead: readonly string[];
  /** Everything of this kind and namespace was read. */
  readonly isRead: (reference: Pick<FluxReference, 'kind' | 'namespace'>) => boolean;
}

interface AskedObjects {
  readonly cluster: string;
  readonly namespace?: string | undefined;
  readonly kind?: string | undefined;
}

/** The kinds of Flux that the cluster serves. Errors: CRD_MISSING if there are none. */
export async function servedKinds({ ports }: CommandContext, cluster: string): Promise<readonly ApiKind[]> {
  const known = fluxKinds(await ports.clusterObjects.kinds(cluster));
  const kinds = known.length > 0 ? known : fluxKinds(await ports.clusterObjects.kinds(cluster, true));
  if (kinds.length > 0) return kinds;
  throw new SluiceError('CRD_MISSING', `Cluster "${cluster}" serves no kind of Flux.`, {
    next: 'Install Flux in the cluster, or name another cluster.',
  });
}

/** A kind of Flux by any of its names. Errors: UNKNOWN_NAME, CRD_MISSING. */
export async function fluxKind(context: CommandContext, cluster: string, asked: string): Promise<ApiKind> {
  const kinds = await servedKinds(context, cluster);
  try {
    return findKind(kinds, asked, nearest);
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code !== 'UNKNOWN_NAME') throw error;
    throw new SluiceError('UNKNOWN_NAME', `Flux has no kind "${asked}" in this cluster.`, {
      next: `Name one of ${kinds.map(({ kind }) => kind).join(', ')}.`,
      details: { candidates: kinds.map(fullName) },
    });
  }
}

/** Where a Flux object is. Errors: as `fluxKind`, and those of `located`. */
export async function locatedFlux(context: CommandContext, asked: AskedObject, verb = 'get'): Promise<ObjectAt> {
  const cluster = await clusterOf(context, asked.cluster);
  const kind = await fluxKind(context, cluster, asked.kind);
  return located(context, { ...asked, cluster, kind: `${kind.plural}.${kind.version}.${kind.group}` }, verb);
}

/** The Flux objects of a namespace, or of every allowed one. Errors: as `fluxKind`, and those of the port. */
export async function fluxObjects(context: CommandContext, asked: AskedObjects): Promise<FluxObjects> {
  const { cluster, namespace, kind } = asked;
  const kinds = kind === undefined ? await servedKinds(context, cluster) : [await fluxKind(context, cluster, kind)];
  const places = placesOf(context.settings, namespace);
  const parts = await Promise.all(
    kinds.flatMap((one) => places.map((place) => readPart(context, cluster, one, place, places.length > 1))),
  );
  const complete = parts.filter(({ problem }) => problem === undefined);
  return {
    objects: parts.flatMap(({ objects }) => objects),
    notRead: [...new Set(parts.flatMap(({ problem }) => problem ?? []))],
    isRead: (reference) =>
      complete.some(
        (part) => part.kind === reference.kind && [undefined, reference.namespace].includes(part.namespace),
      ),
  };
}

interface Part {
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly objects: readonly ApiObject[];
  readonly problem?: string;
}

async function readPart(
  { ports }: CommandContext,
  cluster: string,
  kind: ApiKind,
  namespace: string | undefined,
  oneOfSeveral: boolean,
): Promise<Part> {
  const objects: ApiObject[] = [];
  const part = { kind: kind.kind, namespace, objects };
  let from: string | undefined;
  try {
    do {
      const page = await ports.clusterObjects.page({ cluster, kind, namespace }, { limit: PAGE, continue: from });
      objects.push(...page.items);
      from = page.next;
    } while (from !== undefined && objects.length < MAX_OF_A_KIND);
    return from === undefined ? part : { ...part, problem: `${kind.plural}: only the first ${MAX_OF_A_KIND}` };
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    // An allowed namespace that does not exist counts as empty.
    if (oneOfSeveral && error.code === 'NAMESPACE_NOT_FOUND') return part;
    if (error.code !== 'FORBIDDEN') throw error;
    return { ...part, problem: `${kind.plural}: ${error.message}` };
  }
}

/** The object that a reference names. `problem` says why it could not be read. */
export async function readReference(
  context: CommandContext,
  cluster: string,
  reference: Pick<FluxReference, 'kind' | 'namespace' | 'name'>,
): Promise<{ readonly object?: ApiObject; readonly problem?: string }> {
  const { kind: kindName, namespace, name } = reference;
  if (!isName(reference)) return { problem: 'the reference contains no valid name' };
  const kind = (await servedKinds(context, cluster)).find((one) => one.kind === kindName);
  if (!kind) return { problem: `the cluster serves no ${kindName} of Flux` };
  if (!isAllowed(namespace, context.settings)) return { problem: `namespace ${namespace} is not on the allow list` };
  try {
    return { object: await context.ports.clusterObjects.read({ cluster, kind, namespace, name }) };
  } catch (error) {
    if (error instanceof SluiceError) return { problem: error.message };
    throw error;
  }
}

/** A reference is free text, and a name such as `..` would be a path of another object. */
export function isName({ namespace, name }: Pick<FluxReference, 'namespace' | 'name'>): boolean {
  return [namespace, name].every((text) => dnsName.safeParse(text).success);
}

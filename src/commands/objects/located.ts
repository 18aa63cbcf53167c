import { nearest } from '../../contract/nearest.ts';
import { apiVersionOf, findKind, fullName, type ApiKind } from '../../domain/cluster-objects/api-kind.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { ObjectAt } from '../../ports/cluster-objects.ts';
import { isAllowed } from '../access.ts';
import type { CommandContext, CommandSettings } from '../command.ts';

export interface AskedObject {
  readonly cluster?: string | undefined;
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** The context that a call means. Errors: CLUSTER_UNKNOWN. */
export async function clusterOf(context: CommandContext, asked: string | undefined): Promise<string> {
  return asked ?? context.clusters.current();
}

/** A kind that the cluster serves. Errors: UNKNOWN_NAME, KIND_AMBIGUOUS, and those of the port. */
export async function kindIn({ ports }: CommandContext, cluster: string, asked: string): Promise<ApiKind> {
  const find = async (fresh: boolean) => findKind(await ports.clusterObjects.kinds(cluster, fresh), asked, nearest);
  try {
    return await find(false);
  } catch (error) {
    // Somebody may have installed its CRD meanwhile.
    if (error instanceof SluiceError && error.code === 'UNKNOWN_NAME') return find(true);
    throw error;
  }
}

/** Where the object is that a call names. Errors: as `kindIn`, INVALID_INPUT, NAMESPACE_NOT_ALLOWED. */
export async function located(context: CommandContext, asked: AskedObject, verb = 'get'): Promise<ObjectAt> {
  const cluster = await clusterOf(context, asked.cluster);
  const kind = await kindIn(context, cluster, asked.kind);
  const { namespace, name } = asked;
  requireVerb(kind, verb);
  requireScope(kind, namespace);
  if (kind.namespaced && namespace === undefined)
    throw new SluiceError('INVALID_INPUT', `namespace: ${kind.kind} is a kind with a namespace, and none was given.`);
  if (!kind.namespaced) requireOutsideNamespaces(kind, name, context.settings);
  return { cluster, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

/** Errors: NOT_APPLICABLE. */
export function requireVerb(kind: ApiKind, verb: string): void {
  if (kind.verbs.includes(verb)) return;
  throw new SluiceError('NOT_APPLICABLE', `The API server offers no ${verb} of ${fullName(kind)}.`, {
    next: `It offers ${kind.verbs.join(', ') || 'nothing'}.`,
  });
}

/** Errors: INVALID_INPUT. */
export function requireScope(kind: ApiKind, namespace: string | undefined): void {
  if (kind.namespaced || namespace === undefined) return;
  throw new SluiceError('INVALID_INPUT', `namespace: ${kind.kind} is a kind without namespaces. Leave it out.`);
}

/**
 * Objects outside of namespaces concern every namespace, so an allow list hides them, except the allowed namespaces
 * themselves. Errors: NAMESPACE_NOT_ALLOWED.
 */
export function requireOutsideNamespaces(kind: ApiKind, name: string | undefined, settings: CommandSettings): void {
  if (settings.allowedNamespaces.length === 0) return;
  if (isNamespace(kind) && (name === undefined || isAllowed(name, settings))) return;
  throw new SluiceError(
    'NAMESPACE_NOT_ALLOWED',
    `${kind.kind}${name === undefined ? ' objects are' : ` ${name} is`} outside of the namespaces of the allow list: ${settings.allowedNamespaces.join(', ')}.`,
  );
}

export function isNamespace({ plural, group }: ApiKind): boolean {
  return plural === 'namespaces' && group === '';
}

/** The object of an address, for a sentence: "Deployment shop/web". */
export function objectText({ kind, namespace, name }: Pick<ObjectAt, 'kind' | 'namespace' | 'name'>): string {
  return `${kind.kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

/** The fields of an answer that say which object it is about. */
export function identityOf({ kind, namespace, name }: ObjectAt) {
  return {
    kind: kind.kind,
    api_version: apiVersionOf(kind),
    ...(namespace === undefined ? {} : { namespace }),
    name,
  };
}

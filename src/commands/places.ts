import { SluiceError } from '../domain/errors.ts';
import type { Place } from './address.ts';
import type { CommandSettings } from './command.ts';
import { isAllowed } from './access.ts';
import type { Scope } from './resource.ts';

/** Maximum number of objects of one kind in a list of resources. */
export const MAX_LISTED = 500;

/** The namespaces that a list is read from: the named one, or each allowed one. Undefined stands for all of them. */
export function placesOf(
  { allowedNamespaces }: CommandSettings,
  namespace: string | undefined,
): readonly (string | undefined)[] {
  return namespace === undefined && allowedNamespaces.length > 0 ? allowedNamespaces : [namespace];
}

/**
 * Reads each namespace separately if only some may be read. An allowed namespace that does not exist counts as empty.
 */
export async function acrossAllowed<T>(
  { allowedNamespaces }: CommandSettings,
  read: (namespace?: string) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  if (allowedNamespaces.length === 0) return read();
  return (await Promise.all(allowedNamespaces.map((namespace) => read(namespace).catch(noneIfMissing)))).flat();
}

function noneIfMissing(error: unknown): readonly never[] {
  if (error instanceof SluiceError && error.code === 'NAMESPACE_NOT_FOUND') return [];
  throw error;
}

/** Values of `cluster`, `namespace` or `name` among the places that `find` returns. */
export async function completePlace(
  scope: Scope,
  variable: string,
  given: Readonly<Record<string, string>>,
  find: (cluster: string) => Promise<readonly Place[]>,
): Promise<readonly string[]> {
  if (variable === 'cluster') return scope.clusters.all();
  if (variable === 'namespace' && scope.settings.allowedNamespaces.length > 0) return scope.settings.allowedNamespaces;
  const cluster = given['cluster'] ?? (await scope.clusters.current());
  const places = (await find(cluster)).filter(({ namespace }) => isAllowed(namespace, scope.settings));
  if (variable === 'namespace') return [...new Set(places.map(({ namespace }) => namespace))].toSorted();
  const { namespace } = given;
  return [
    ...new Set(
      places.filter((place) => namespace === undefined || place.namespace === namespace).map(({ name }) => name),
    ),
  ].toSorted();
}

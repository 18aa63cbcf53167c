import type { CommandSettings } from './command.ts';

interface Filter {
  readonly namespace?: string;
  readonly limit: number;
}

/**
 * A list of releases, newest first, restricted to the namespaces of the allow list. `read` returns one list. It is
 * called once for each allowed namespace, so that releases elsewhere do not count towards the limit. Errors: those of
 * `read`.
 */
export async function allowedReleases<F extends Filter, T extends { readonly startedAt: number }>(
  { allowedNamespaces }: Pick<CommandSettings, 'allowedNamespaces'>,
  filter: F,
  read: (filter: F) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  if (filter.namespace !== undefined || allowedNamespaces.length === 0) return read(filter);
  const lists = await Promise.all(allowedNamespaces.map((namespace) => read({ ...filter, namespace })));
  return lists
    .flat()
    .toSorted((a, b) => b.startedAt - a.startedAt)
    .slice(0, filter.limit);
}

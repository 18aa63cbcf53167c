import type { CommandSettings } from './command.ts';

interface Filter {
  readonly namespace?: string;
  readonly limit: number;
}

/**
 * A list of releases, newest first, narrowed to the namespaces of the allow list. `read` answers one list; it is asked
 * once for each allowed namespace, so that releases elsewhere do not use up the limit. Errors: those of `read`.
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

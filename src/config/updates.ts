import type { Settings } from './schema.ts';

type UpdateSettings = Pick<
  Settings,
  'releaseUpdates' | 'releaseUpdatesNamespaces' | 'releaseUpdatesClusters' | 'allowedNamespaces'
>;

/** Settings of releases that updates start, which would have no effect. */
export function updateProblems(settings: UpdateSettings): string[] {
  const { releaseUpdates, releaseUpdatesNamespaces: named, releaseUpdatesClusters, allowedNamespaces } = settings;
  const given = [
    ...(named.length > 0 ? ['SLUICE_RELEASE_UPDATES_NAMESPACES'] : []),
    ...(releaseUpdatesClusters.length > 0 ? ['SLUICE_RELEASE_UPDATES_CLUSTERS'] : []),
  ];
  if (!releaseUpdates && given.length > 0)
    return [`${given.join(', ')}: has no effect without SLUICE_RELEASE_UPDATES=true`];
  const outside = allowedNamespaces.length > 0 ? named.filter((name) => !allowedNamespaces.includes(name)) : [];
  return outside.length > 0
    ? [`SLUICE_RELEASE_UPDATES_NAMESPACES: ${outside.join(', ')} is not in SLUICE_ALLOWED_NAMESPACES`]
    : [];
}

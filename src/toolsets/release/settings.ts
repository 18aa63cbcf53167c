import { boolean, commaList, setting } from '../../contract/setting.ts';

const namespaces = commaList.refine(
  (list) => list.every((word) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(word)),
  'must be names of namespaces, separated by commas',
);

export const settings = {
  requireManualPromotion: setting(
    'ARGO_REQUIRE_MANUAL_PROMOTION',
    boolean,
    true,
    'After each passed step, wait for promote.',
  ),
  autoRollback: setting(
    'ARGO_AUTO_ROLLBACK',
    boolean,
    true,
    'On a failing verdict, roll back at once; false: ask first.',
  ),
  releaseUpdates: setting(
    'SLUICE_RELEASE_UPDATES',
    boolean,
    false,
    'Workers start a release for each update that somebody else makes of a Rollout with the annotation sluice.dev/release-updates (docs/updates.md).',
  ),
  releaseUpdatesNamespaces: setting(
    'SLUICE_RELEASE_UPDATES_NAMESPACES',
    namespaces,
    [],
    'Namespaces in which updates start releases without that annotation, separated by commas.',
  ),
  releaseUpdatesClusters: setting(
    'SLUICE_RELEASE_UPDATES_CLUSTERS',
    commaList,
    [],
    'Kubeconfig contexts in which updates start releases, separated by commas; unset: the current one.',
  ),
} as const;

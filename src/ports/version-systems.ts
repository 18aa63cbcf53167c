import type { BranchesPort } from './branches.ts';
import type { ClusterObjectsPort } from './cluster-objects.ts';
import type { HelmPort } from './helm.ts';
import type { HelmReleasesPort } from './helm-releases.ts';

/** The systems from which kinds of targets take a version that they do not write to the target themselves. */
export interface VersionSystems {
  readonly branches: BranchesPort;
  readonly clusterObjects: ClusterObjectsPort;
  readonly helm: HelmPort;
  readonly helmReleases: HelmReleasesPort;
}

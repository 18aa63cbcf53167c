import type { ClusterObjectsPort } from './cluster-objects.ts';
import type { EvidencePort } from './evidence.ts';
import type { HelmPort } from './helm.ts';
import type { HelmReleasesPort } from './helm-releases.ts';
import type { LocalFilesPort } from './local-files.ts';
import type { MiddlewaresPort } from './middlewares.ts';
import type { PodStreamsPort } from './pod-streams.ts';
import type { RolloutFeed } from './rollout-feed.ts';
import type { RolloutObjectsPort } from './rollout-objects.ts';
import type { RolloutSteeringPort } from './rollout-steering.ts';
import type { RolloutUpdates } from './rollout-updates.ts';
import type { WorkloadPort } from './workload.ts';
import type { RoutesPort } from './routes.ts';
import type { TemplatesPort } from './templates.ts';
import type { ServiceCallsPort } from './service-calls.ts';
import type { SplitPort } from './split.ts';

/** All external systems that activities and the planner may use. */
export interface Ports {
  readonly workload: WorkloadPort;
  readonly split: SplitPort;
  readonly evidence: EvidencePort;
  readonly templates: TemplatesPort;
  readonly serviceCalls: ServiceCallsPort;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** The ports of the single tools. They serve any cluster, which each call names. Evidence belongs to a World. */
export interface ToolPorts extends Omit<Ports, 'evidence'> {
  readonly rolloutObjects: RolloutObjectsPort;
  readonly rolloutSteering: RolloutSteeringPort;
  readonly rolloutFeed: RolloutFeed;
  readonly rolloutUpdates: RolloutUpdates;
  readonly routes: RoutesPort;
  readonly middlewares: MiddlewaresPort;
  readonly clusterObjects: ClusterObjectsPort;
  readonly podStreams: PodStreamsPort;
  /** The files that are copied into pods and out of them. */
  readonly localFiles: LocalFilesPort;
  readonly helm: HelmPort;
  readonly helmReleases: HelmReleasesPort;
}

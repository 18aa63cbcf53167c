import type { ServiceCallsPort } from '../../src/ports/service-calls.ts';
import type { Target } from '../../src/domain/release/target.ts';
import type { ArgoTiming } from './fake-argo.ts';

/** How a version answers. */
/** The strategies that the fake world has applications for. */
export type Strategy = 'canary' | 'blue-green';

export interface Behaviour {
  /** Share of 500s, 0…1. */
  readonly errorShare: number;
  readonly latencyMs: number;
  /** Share of answers that break off, 0…1. Traefik does not count them. Default 0. */
  readonly brokenShare?: number;
  /** Whether it uses gRPC. Answers are counted as code 2, and failures before any message as code 14. */
  readonly grpc?: boolean;
  /** Real milliseconds until its pods are ready. With Infinity they never are. */
  readonly readyAfterMs: number;
}

export interface FakeWorldOptions {
  readonly strategy?: Strategy;
  readonly target?: Target;
  readonly image?: string;
  /** Steps of the canary, as in the Rollout. Default: 5, 25, 50, each with an untimed pause. */
  readonly steps?: readonly Record<string, unknown>[];
  /** By image. By default a version is healthy: no errors, 20 ms, ready after 5 ms. */
  readonly versions?: Readonly<Record<string, Partial<Behaviour>>>;
  /** Through all replicas together, per second of the world's clock. Default 200. */
  readonly requestsPerSecond?: number;
  readonly timing?: Partial<ArgoTiming & { readonly proxyMs: number; readonly scrapeMs: number }>;
  readonly replicas?: readonly string[];
  /** Flips of the canary selector after an abort. Default 3. */
  readonly flaps?: number;
  /** Argo takes this image for a rollback: it goes past every step at once. */
  readonly fastTracked?: string;
  readonly abortScaleDownDelaySeconds?: number;
  /** Images of further containers of the template, by name. */
  readonly sidecars?: Readonly<Record<string, string>>;
  /**
   * What divides the traffic of a canary. `pods`: their numbers alone, and the Rollout names no Services. Default:
   * traefik. With another one the split of the world is the report of Argo.
   */
  readonly router?: 'traefik' | 'nginx' | 'pods';
  /** Default: a Service has no endpoints. */
  readonly serviceCalls?: ServiceCallsPort;
  /** The Rollout takes its template from a Deployment of the same name. */
  readonly workloadRef?: true;
  /**
   * Speed of the world's clock relative to real time. It applies to `ports.now()`, timed pauses and traffic. Default 1.
   */
  readonly speed?: number;
}

import type { BinaryName } from './manifest.ts';

export interface ApplicationSpec {
  name: string;
  /** Default: shop. */
  namespace?: string;
  strategy: 'canary' | 'blue-green';
  /** Canary: setWeight values, each followed by an untimed pause. Default: 5, 25, 50. */
  steps?: number[];
  /** Default: 2. */
  replicas?: number;
  /** Default: shop:v1. The tag defines its behaviour (node-agent/behaviour.ts). */
  image?: string;
  /** Its protocol. Default: http. With grpc the load calls a real gRPC method. */
  protocol?: 'http' | 'grpc';
  /** A Deployment without pods of its own has the template, and the Rollout refers to it. */
  workloadRef?: true;
  /** Its image is one of the registry of the add-on real-pods, and answers /healthz on port 8080. */
  realPods?: true;
  /** Requests per second of this application. Default: an equal share of the rest. */
  rps?: number;
}

export interface SandboxOptions {
  /** Default: default. */
  name?: string;
  /** Folder of all sandboxes' state. Default: $SLUICE_HOME, otherwise .sluice in the repository. */
  home?: string;
  /** Requests per second of the load generator for all applications together. Default: 200. */
  rps?: number;
  /** If false, the load generator sends nothing. */
  load?: boolean;
  onProgress?: (line: string) => void;
  /** Default: shop (canary) and shop-bg (blue-green). */
  applications?: ApplicationSpec[];
  /** Add-ons by name, `flux` or `real-pods`. Default: none. Those of an earlier start stay. */
  with?: string[];
}

export interface Sandbox {
  name: string;
  stateDir: string;
  /**
   * Path of the administrator's kubeconfig. The file kubeconfig-viewer beside it belongs to a user that may only read.
   */
  kubeconfig: string;
  context: string;
  apiServer: string;
  prometheusUrl: string;
  temporalAddress: string;
  temporalUiUrl: string;
  /** URLs of Traefik's own API, one for each replica. */
  traefikApiUrls: string[];
  traefikEntryUrls: string[];
  /** Control and statistics of the load generator. */
  loadUrl: string;
  /** The Git server of the add-on flux. The first push to `<gitUrl>/<name>.git` creates the repository. */
  gitUrl: string;
  /** The registry of the add-on real-pods, `127.0.0.1:<port>`. Pods of its images really run. */
  registry: string;
}

export interface PartStatus {
  name: string;
  pid: number;
  state: 'running' | 'stopped' | 'died';
  exit?: string;
  uptimeSeconds: number;
  rssBytes: number;
  url?: string;
  /** Address of Traefik's entry point. The Host header selects the application. */
  entryUrl?: string;
  lastLines?: string[];
}

export interface SandboxStatus {
  name: string;
  stateDir: string;
  state: 'running' | 'degraded' | 'stopped';
  parts: PartStatus[];
}

export interface AcquiredBinary {
  name: BinaryName;
  path: string;
  source: string;
}

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
  /** Default: shop:v1; the tag decides how it behaves (node-agent/behaviour.ts). */
  image?: string;
  /** What it speaks; default: http. With grpc the load are calls of a real gRPC method. */
  protocol?: 'http' | 'grpc';
  /** Requests a second for this one; default: an equal share of what is left. */
  rps?: number;
}

export interface SandboxOptions {
  /** Default: default. */
  name?: string;
  /** Folder of all sandboxes' state. Default: $SLUICE_HOME, else .sluice in the repository. */
  home?: string;
  /** Requests a second of the load generator, all applications together. Default: 200. */
  rps?: number;
  /** False leaves the load generator idle. */
  load?: boolean;
  onProgress?: (line: string) => void;
  /** Default: shop (canary) and shop-bg (blue-green). */
  applications?: ApplicationSpec[];
}

export interface Sandbox {
  name: string;
  stateDir: string;
  /** Path of the kubeconfig of the administrator; kubeconfig-viewer beside it may only read. */
  kubeconfig: string;
  context: string;
  apiServer: string;
  prometheusUrl: string;
  temporalAddress: string;
  temporalUiUrl: string;
  /** Traefik's own API, one URL a replica. */
  traefikApiUrls: string[];
  traefikEntryUrls: string[];
  /** Control and statistics of the load generator. */
  loadUrl: string;
}

export interface PartStatus {
  name: string;
  pid: number;
  state: 'running' | 'stopped' | 'died';
  exit?: string;
  uptimeSeconds: number;
  rssBytes: number;
  url?: string;
  /** Of Traefik: where applications answer, by the Host header. */
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

export interface LoadConfig {
  port: number;
  entryUrls: string[];
  /** Requests per second of all applications together. */
  rps: number;
  /** File with the applications and rates, which survive a restart of the generator. */
  stateFile: string;
}

/** The generator's configuration of one application. */
export interface LoadApp {
  /** `<app>` in namespace shop, `<namespace>/<app>` elsewhere. */
  key: string;
  host: string;
  /** Requests per second. If absent, an equal share of the total that the others leave. */
  rps?: number;
  /** If absent, http. */
  protocol?: 'http' | 'grpc';
}

export function loadKey(name: string, namespace = 'shop'): string {
  return namespace === 'shop' ? name : `${namespace}/${name}`;
}

export function loadHost(name: string, namespace = 'shop'): string {
  return `${name}.${namespace}.local`;
}

export interface VersionStats {
  /** Answers by HTTP status. */
  status: Record<string, number>;
  count: number;
  latencyMsSum: number;
  latencyMsMax: number;
  firstAt: number;
  lastAt: number;
}

export interface Failure {
  at: number;
  version: string;
  status: number;
  error?: string;
  entry: string;
}

export interface AppStats {
  /** Time of the last reset of this application's counts. */
  since: number;
  sent: number;
  answered: number;
  /**
   * Answers by version, which is the image tag. "none" is an answer that no pod gave, such as Traefik's own 404 or 503.
   */
  versions: Record<string, VersionStats>;
  /** Requests without an answer: refused, reset, timed out. */
  connectionErrors: number;
  connectionErrorCodes: Record<string, number>;
  /** The last 500 answers with status 400 or more, and connection errors. */
  failures: Failure[];
}

export interface LoadStats {
  since: number;
  now: number;
  rps: number;
  /** Requests that were not sent, because too many were in flight when they were due. */
  skipped: number;
  apps: Record<string, AppStats>;
}

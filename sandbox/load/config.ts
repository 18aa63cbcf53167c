export interface LoadConfig {
  port: number;
  entryUrls: string[];
  /** Requests a second, all applications together. */
  rps: number;
  /** Applications and rates survive a restart of the generator here. */
  stateFile: string;
}

/** One application as the generator sees it. */
export interface LoadApp {
  /** `<app>` in namespace shop, `<namespace>/<app>` elsewhere. */
  key: string;
  host: string;
  /** Absent: an equal share of what the others leave of the total. */
  rps?: number;
  /** Absent: http. */
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
  /** Of this application alone; also when it was last reset. */
  since: number;
  sent: number;
  answered: number;
  /** Answers by version, the image tag; "none" is an answer that no pod gave, such as Traefik's own 404 or 503. */
  versions: Record<string, VersionStats>;
  /** No answer at all: refused, reset, timed out. */
  connectionErrors: number;
  connectionErrorCodes: Record<string, number>;
  /** The last 20 answers with status 400 or more, and connection errors. */
  failures: Failure[];
}

export interface LoadStats {
  since: number;
  now: number;
  rps: number;
  /** Requests that were due while too many were in flight, and were not sent. */
  skipped: number;
  apps: Record<string, AppStats>;
}

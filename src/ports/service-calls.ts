import type { HttpAnswered, ListedTool, ToolAnswered } from '../domain/delivery/smoke.ts';

/** A Service in a cluster. `port`: the name of its port. */
export interface ServiceAt {
  readonly cluster: string;
  readonly namespace: string;
  readonly service: string;
  readonly port: string;
}

/** An open connection to an MCP server. */
export interface OpenServer {
  tools(): Promise<readonly ListedTool[]>;
  call(tool: string, args: Readonly<Record<string, unknown>>): Promise<ToolAnswered>;
}

/**
 * Calls a Service of a cluster through its API server, so the caller needs no way to the network of the pods. `signal`
 * limits the time. Errors of `http` and `withMcp`: FORBIDDEN, CLUSTER_UNREACHABLE; SERVICE_UNREACHABLE with what the
 * API server or the client of MCP says.
 */
export interface ServiceCallsPort {
  /** The verbs on `services/proxy` that the calls need and the account does not have. Errors: CLUSTER_UNREACHABLE. */
  missingVerbs(at: Pick<ServiceAt, 'cluster' | 'namespace'>): Promise<readonly string[]>;
  /** Names of the pods that the Service leads to. Errors: FORBIDDEN, CLUSTER_UNREACHABLE. */
  pods(at: Omit<ServiceAt, 'port'>): Promise<readonly string[]>;
  http(
    at: ServiceAt,
    request: { readonly method: string; readonly path: string; readonly body?: string },
    signal: AbortSignal,
  ): Promise<HttpAnswered>;
  /** `path`: that of the server. It speaks the newest protocol era of the server. */
  withMcp<T>(at: ServiceAt, path: string, signal: AbortSignal, use: (server: OpenServer) => Promise<T>): Promise<T>;
}

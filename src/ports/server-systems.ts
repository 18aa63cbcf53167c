import type { ConformancePort } from './conformance.ts';
import type { ContractsPort } from './contract-reader.ts';
import type { ServersPort } from './server-registry.ts';

/** What a release of an MCP server uses. None of it belongs to a cluster. */
export interface ServerSystems {
  readonly servers: ServersPort;
  readonly contracts: ContractsPort;
  /**
   * Base addresses of the gateway processes that divide the callers, as in http://127.0.0.1:8766: those that the
   * settings name, and those over stdio that run on this machine. `server`: without those over stdio of other servers.
   */
  readonly gateways: (server?: string) => Promise<readonly string[]>;
  /** The credential for a gateway. Undefined: none is sent. Errors: CREDENTIALS_UNAVAILABLE. */
  readonly gatewayToken: (gateway: string) => string | undefined;
  readonly conformance: ConformancePort;
  /** A text that differs for each registry. A worker with another registry refuses the release. */
  readonly identity: () => Promise<string>;
}

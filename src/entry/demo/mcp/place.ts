import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MARKER } from '../../../../sandbox/processes/proc.ts';
import { withoutTemporal } from '../environment.ts';

/** The MCP server of the demo. */
export const SERVER = 'sample';
export const SAMPLE = fileURLToPath(new URL('sample-server.ts', import.meta.url));

export interface McpPlace {
  /** Everything that the demo writes. */
  readonly folder: string;
  readonly port: number;
  readonly gatewayPort: number;
  /** The settings of its Temporal server. */
  readonly temporal: Readonly<Record<string, string>>;
}

/** The settings with which commands of `sluice` work on the MCP server of the demo. */
export function mcpSettings({ folder, gatewayPort, temporal }: McpPlace): Record<string, string> {
  return {
    ...temporal,
    SLUICE_HOME: folder,
    SLUICE_TASK_QUEUE: 'sluice',
    SLUICE_MCP_PROJECT: folder,
    SLUICE_MCP_GLOBAL_FILE: join(folder, 'global.json'),
    SLUICE_MCP_GATEWAYS: gatewayOf(gatewayPort),
    ARGO_REQUIRE_MANUAL_PROMOTION: 'false',
  };
}

/** The environment of worker, server and gateway. */
export function mcpProcessEnv(place: McpPlace): NodeJS.ProcessEnv {
  return {
    ...withoutTemporal(process.env),
    ...mcpSettings(place),
    MCP_PORT: String(place.port),
    MCP_ALLOW_WRITE: 'true',
    SLUICE_HOST: '127.0.0.1',
    SLUICE_GATEWAY_PORT: String(place.gatewayPort),
    // No cluster has a part in this.
    SLUICE_KUBECONFIG: '/dev/null',
    // By this a later start finds what a killed one has left.
    [MARKER]: place.folder,
  };
}

export function gatewayOf(port: number): string {
  return `http://127.0.0.1:${port}`;
}

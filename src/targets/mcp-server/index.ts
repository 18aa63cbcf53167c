import type { TargetKind } from '../target-kind.ts';
import { createWorkload } from './workload.ts';

/** Versions of an MCP server in the registry (docs/adr/0025). */
export const mcpServer = {
  name: 'mcp-server',
  place: 'registry',
  workload: (_, systems) => createWorkload(systems),
  tools: () => ({}),
} satisfies TargetKind;

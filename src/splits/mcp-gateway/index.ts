import type { SplitKind } from '../split-kind.ts';
import { createEvidence } from './evidence.ts';
import { createSplit } from './split.ts';

/** The gateway of MCP servers: it divides callers between versions, and counts their calls. */
export const mcpGateway = {
  name: 'mcp-gateway',
  place: 'registry',
  split: (_clusters, _settingsOf, systems) => createSplit(systems),
  evidence: ({ gateways }) => createEvidence(gateways),
  tools: () => ({}),
  podNamespace: () => undefined,
} satisfies SplitKind;

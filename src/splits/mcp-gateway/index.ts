import { GatewayClient } from '../../adapters/server-gateways/client.ts';
import type { SplitKind } from '../split-kind.ts';
import { createEvidence } from './evidence.ts';
import { Scrapes } from './scrapes.ts';
import { createSplit } from './split.ts';

/** The gateway of MCP servers: it divides callers between versions, and counts their calls. */
export const mcpGateway = {
  name: 'mcp-gateway',
  place: 'registry',
  split: (_clusters, _settingsOf, systems) => createSplit(systems),
  evidence: ({ gateways, gatewayToken }) =>
    createEvidence(gateways, new Scrapes(gateways, {}, new GatewayClient(gatewayToken))),
  tools: () => ({}),
  podNamespace: () => undefined,
} satisfies SplitKind;

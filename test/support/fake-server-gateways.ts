import type { GatewayView, ServerGatewaysPort, SilentGateway } from '../../src/ports/server-gateways.ts';

/** Gateways that show what a test gives them. */
export function createFakeServerGateways(...views: readonly (GatewayView | SilentGateway)[]): ServerGatewaysPort {
  return { views: async () => views };
}

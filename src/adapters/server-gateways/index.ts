import { SluiceError } from '../../domain/errors.ts';
import type { ServerGatewaysPort, SilentGateway } from '../../ports/server-gateways.ts';
import { GatewayClient, type TokenFor } from './client.ts';

/** `addresses`: of all gateways, base addresses, as in http://127.0.0.1:8766. */
export function createServerGateways(
  addresses: () => Promise<readonly string[]>,
  tokenFor?: TokenFor,
): ServerGatewaysPort {
  const client = new GatewayClient(tokenFor);
  return {
    views: async () => Promise.all((await addresses()).map((gateway) => client.view(gateway).catch(silent(gateway)))),
  };
}

const silent =
  (gateway: string) =>
  (error: unknown): SilentGateway => {
    if (error instanceof SluiceError) return { gateway, error: error.message };
    throw error;
  };

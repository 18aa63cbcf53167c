import { SluiceError } from '../../domain/errors.ts';
import type { ServerGatewaysPort, SilentGateway } from '../../ports/server-gateways.ts';
import { readView } from './client.ts';

/** `addresses`: of all gateways, base addresses, as in http://127.0.0.1:8766. */
export function createServerGateways(addresses: () => Promise<readonly string[]>): ServerGatewaysPort {
  return {
    views: async () => Promise.all((await addresses()).map((gateway) => readView(gateway).catch(silent(gateway)))),
  };
}

const silent =
  (gateway: string) =>
  (error: unknown): SilentGateway => {
    if (error instanceof SluiceError) return { gateway, error: error.message };
    throw error;
  };

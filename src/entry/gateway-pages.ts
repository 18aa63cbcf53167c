import { announce } from '../adapters/server-gateways/announced.ts';
import type { Settings } from '../config/schema.ts';
import { version } from '../config/version.ts';
import type { Scope } from '../domain/servers/server.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { startStatusFront } from '../gateway/status-front.ts';
import { announcementFolder } from './server-registry.ts';

/**
 * Shows the pages of a gateway over stdio to workers and commands on this machine, beside the registry of its server.
 * Returns the function that ends this. Throws the error of the file system or of the network.
 */
export async function showPages(
  gateway: Gateway,
  server: { readonly name: string; readonly scope: Scope },
  settings: Settings,
): Promise<() => Promise<void>> {
  const front = await startStatusFront({ gateway, version: version() });
  const withdraw = await announce(announcementFolder(settings, server.scope), server.name, front.url);
  return async () => void (await Promise.all([withdraw(), front.close()]));
}

import { resolve } from 'node:path';
import { version } from '../config/version.ts';
import { announce } from '../adapters/server-gateways/announced.ts';
import { SluiceError } from '../domain/errors.ts';
import { toMs } from '../contract/duration.ts';
import type { Settings } from '../config/schema.ts';
import { RESOURCE } from '../gateway/access.ts';
import { Gateway } from '../gateway/gateway.ts';
import type { HealthSettings } from '../gateway/health.ts';
import { startHttpFront, type HttpFront } from '../gateway/http-front.ts';
import { loadKeys } from '../gateway/key.ts';
import { startStatusFront } from '../gateway/status-front.ts';
import { createSealer } from '../gateway/seal.ts';
import { ServerTable } from '../gateway/server-table.ts';
import { serveStdioFront } from '../gateway/stdio-front.ts';
import { LIMITS } from '../gateway/upstream.ts';
import { createLog, type Log } from '../observability/log.ts';
import { httpAccess } from './access.ts';
import { announcementFolder, serverRegistry } from './server-registry.ts';

/** Serves until the process gets a stop signal, or over stdio until the client closes stdin. */
export async function runGateway(settings: Settings, where: { stdio?: string }, stopped: AbortSignal): Promise<void> {
  const log = createLog(settings.logLevel);
  const asGuest = where.stdio !== undefined;
  const gateway = await openGateway(settings, { ...healthOf(settings), asGuest }, log);
  if (where.stdio !== undefined) {
    const hidden = await announced(gateway, where.stdio, settings, log);
    await serveStdioFront(gateway, { name: where.stdio, input: process.stdin, output: process.stdout, stopped });
    await hidden();
  } else {
    const front = await listen(gateway, settings, log);
    if (!stopped.aborted) await new Promise((resolve) => stopped.addEventListener('abort', resolve, { once: true }));
    await front.close();
  }
  await gateway.close();
}

/**
 * Shows the pages of this process to workers and commands on this machine, beside the registry of its server. Without
 * them it serves its client all the same, and a release does not see it. Returns the function that ends this.
 */
async function announced(gateway: Gateway, name: string, settings: Settings, log: Log): Promise<() => Promise<void>> {
  try {
    const { scope } = gateway.server(name);
    const front = await startStatusFront({ gateway, version: version() });
    const withdraw = await announce(announcementFolder(settings, scope), name, front.url);
    return async () => void (await Promise.all([withdraw(), front.close()]));
  } catch (err) {
    if (err instanceof SluiceError) throw err;
    log.warn({ err }, 'Releases do not see this gateway: it cannot write down its address');
    return async () => undefined;
  }
}

function healthOf(settings: Settings): HealthSettings {
  return {
    everyMs: toMs(settings.gatewayHealthInterval),
    timeoutMs: toMs(settings.gatewayHealthTimeout),
    unhealthyAfter: settings.gatewayUnhealthyAfter,
    healthyAfter: settings.gatewayHealthyAfter,
  };
}

async function openGateway(settings: Settings, health: HealthSettings, log: Log): Promise<Gateway> {
  const sealer = createSealer(loadKeys(resolve(settings.home, settings.gatewayKeyFile)));
  const table = await ServerTable.follow(await serverRegistry(settings), log);
  return new Gateway({ table, sealer, limits: LIMITS, health, recorded: settings.gatewayRecord, env: process.env });
}

async function listen(gateway: Gateway, settings: Settings, log: Log): Promise<HttpFront> {
  const asked = httpAccess(settings, [RESOURCE]);
  const front = await startHttpFront(gateway, {
    host: settings.host,
    port: settings.gatewayPort,
    log,
    version: version(),
    access: asked && { ...asked, rules: settings.access },
  });
  log.info({ url: front.url, servers: gateway.names() }, 'MCP gateway');
  return front;
}

import { resolve } from 'node:path';
import { toMs } from '../contract/duration.ts';
import type { Settings } from '../config/schema.ts';
import { Gateway } from '../gateway/gateway.ts';
import type { HealthSettings } from '../gateway/health.ts';
import { loadKeys } from '../gateway/key.ts';
import { createSealer } from '../gateway/seal.ts';
import { ServerTable } from '../gateway/server-table.ts';
import { LIMITS } from '../gateway/upstream.ts';
import { createLog, type Log } from '../observability/log.ts';
import { serverRegistry } from './server-registry.ts';

/** Serves until the process gets a stop signal, or over stdio until the client closes stdin. */
export async function runGateway(settings: Settings, where: { stdio?: string }, stopped: AbortSignal): Promise<void> {
  const log = createLog(settings.logLevel);
  const asGuest = where.stdio !== undefined;
  const gateway = await openGateway(settings, { ...healthOf(settings), asGuest }, log);
  if (where.stdio !== undefined)
    await (await import('./gateway-stdio.ts')).serveStdio(gateway, where.stdio, settings, log, stopped);
  else await (await import('./gateway-http.ts')).serveHttp(gateway, settings, log, stopped);
  await gateway.close();
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

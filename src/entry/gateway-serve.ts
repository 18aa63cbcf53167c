import { resolve } from 'node:path';
import { toMs } from '../contract/duration.ts';
import type { Settings } from '../config/schema.ts';
import type { EarlyProcess } from '../gateway/early-process.ts';
import { Gateway } from '../gateway/gateway.ts';
import type { HealthSettings } from '../gateway/health.ts';
import { loadKeys } from '../gateway/key.ts';
import { createSealer } from '../gateway/seal.ts';
import { ServerTable } from '../gateway/server-table.ts';
import { LIMITS } from '../gateway/upstream.ts';
import { asDefined } from '../gateway/upstreams.ts';
import { createLog, type Log } from '../observability/log.ts';
import type { ServerRegistryPort } from '../ports/server-registry.ts';

interface Begun {
  readonly registry: ServerRegistryPort;
  /** It is stopped with the gateway. */
  readonly early: EarlyProcess | undefined;
  readonly stopped: AbortSignal;
}

export async function serveGateway(settings: Settings, where: { stdio?: string }, begun: Begun): Promise<void> {
  const log = createLog(settings.logLevel);
  try {
    const asGuest = where.stdio !== undefined;
    const gateway = await openGateway(settings, { ...healthOf(settings), asGuest }, begun, log);
    if (where.stdio !== undefined)
      await (await import('./gateway-stdio.ts')).serveStdio(gateway, where.stdio, settings, log, begun.stopped);
    else await (await import('./gateway-http.ts')).serveHttp(gateway, settings, log, begun.stopped);
    await gateway.close();
  } finally {
    await begun.early?.close();
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

async function openGateway(
  settings: Settings,
  health: HealthSettings,
  { registry, early }: Begun,
  log: Log,
): Promise<Gateway> {
  const sealer = createSealer(loadKeys(resolve(settings.home, settings.gatewayKeyFile)));
  const table = await ServerTable.follow(registry, log);
  const { gatewayRecord: recorded } = settings;
  const connect = asDefined(LIMITS, process.env, early);
  return new Gateway({ table, sealer, limits: LIMITS, health, recorded, connect });
}

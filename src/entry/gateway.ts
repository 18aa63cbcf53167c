import { resolve } from 'node:path';
import { version } from '../config/version.ts';
import { toMs } from '../contract/duration.ts';
import type { Settings } from '../config/schema.ts';
import { Gateway } from '../gateway/gateway.ts';
import { HEALTH, type HealthSettings } from '../gateway/health.ts';
import { startHttpFront, type HttpFront } from '../gateway/http-front.ts';
import { loadKeys } from '../gateway/key.ts';
import { createSealer } from '../gateway/seal.ts';
import { ServerTable } from '../gateway/server-table.ts';
import { serveStdioFront } from '../gateway/stdio-front.ts';
import { LIMITS } from '../gateway/upstream.ts';
import { requireLoopback } from '../http/server.ts';
import { createLog, type Log } from '../observability/log.ts';
import { serverRegistry } from './server-registry.ts';

/** Serves until the process gets a stop signal, or over stdio until the client closes stdin. */
export async function runGateway(settings: Settings, where: { stdio?: string }, stopped: AbortSignal): Promise<void> {
  const log = createLog(settings.logLevel);
  const gateway = await openGateway(settings, where.stdio === undefined ? healthOf(settings) : CALLS_ALONE, log);
  if (where.stdio !== undefined) {
    await serveStdioFront(gateway, { name: where.stdio, input: process.stdin, output: process.stdout, stopped });
  } else {
    const front = await listen(gateway, settings, log);
    if (!stopped.aborted) await new Promise((resolve) => stopped.addEventListener('abort', resolve, { once: true }));
    await front.close();
  }
  await gateway.close();
}

/** A process for one client does not start a second process of the version only to ping it. */
const CALLS_ALONE: HealthSettings = { ...HEALTH, everyMs: 0 };

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
  requireLoopback(settings.host);
  const front = await startHttpFront(gateway, {
    host: settings.host,
    port: settings.gatewayPort,
    log,
    version: version(),
  });
  log.info({ url: front.url, servers: gateway.names() }, 'MCP gateway');
  return front;
}

import type { Settings } from '../config/schema.ts';
import { version } from '../config/version.ts';
import { RESOURCE } from '../gateway/access.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { startHttpFront, type HttpFront } from '../gateway/http-front.ts';
import type { Log } from '../observability/log.ts';
import { httpAccess } from './access.ts';

/** Serves every server of the registry over HTTP until the process gets a stop signal. */
export async function serveHttp(gateway: Gateway, settings: Settings, log: Log, stopped: AbortSignal): Promise<void> {
  const front = await listen(gateway, settings, log);
  if (!stopped.aborted) await new Promise((resolve) => stopped.addEventListener('abort', resolve, { once: true }));
  await front.close();
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

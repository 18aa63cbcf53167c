import type { Settings } from '../config/schema.ts';
import type { RegisteredServer } from '../domain/servers/server.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { serveStdioFront } from '../gateway/stdio-front.ts';
import type { Log } from '../observability/log.ts';

/**
 * Serves the server `name` over stdin and stdout until the client closes stdin, or the process gets a stop signal. The
 * client is not kept waiting for the pages, which only releases and commands read. Errors: SERVER_NOT_FOUND.
 */
export async function serveStdio(
  gateway: Gateway,
  name: string,
  settings: Settings,
  log: Log,
  stopped: AbortSignal,
): Promise<void> {
  const server = gateway.server(name);
  const served = serveStdioFront(gateway, { name, input: process.stdin, output: process.stdout, stopped });
  const hidden = shown(gateway, server, settings, log);
  await served;
  await (await hidden)();
}

/** Without its pages the gateway serves its client all the same, and a release does not see it. */
async function shown(
  gateway: Gateway,
  server: RegisteredServer,
  settings: Settings,
  log: Log,
): Promise<() => Promise<void>> {
  try {
    return await (await import('./gateway-pages.ts')).showPages(gateway, server, settings);
  } catch (err) {
    log.warn({ err }, 'Releases do not see this gateway: it cannot write down its address');
    return async () => undefined;
  }
}

import type { Settings } from '../config/schema.ts';
import { serveMcpStdio } from '../mcp/stdio.ts';
import { osUser } from '../domain/access/caller.ts';
import { createLog } from '../observability/log.ts';
import { mcpDeps } from './mcp.ts';
import { createServices } from './services.ts';
import { userName } from './user-name.ts';

/** Serves MCP over stdin and stdout until the client closes them or the process gets a stop signal. */
export async function runMcpStdio(settings: Settings, stopped: AbortSignal): Promise<void> {
  const log = createLog(settings.logLevel);
  const services = createServices(settings, { serving: true });
  // Loading starts after the first answer, because it blocks the process for some 100 ms.
  const onConnection = (): void => void setImmediate(() => void services.warm());
  const handle = serveMcpStdio({ ...mcpDeps(settings, services, log), user: osUser(userName()) }, { onConnection });
  await new Promise<void>((resolve) => {
    stopped.addEventListener('abort', () => resolve(), { once: true });
    process.stdin.once('end', resolve).once('close', resolve);
  });
  await handle.close();
  await services.close();
}

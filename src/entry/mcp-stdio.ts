import type { McpServerFactory } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import type { Settings } from '../config/schema.ts';
import { createLog } from '../observability/log.ts';
import { mcpFactory } from './mcp.ts';
import { createServices } from './services.ts';

/** Serves MCP over stdin and stdout until the client closes them or the process is told to stop. */
export async function runMcpStdio(settings: Settings, stopped: AbortSignal): Promise<void> {
  const log = createLog(settings.logLevel);
  const services = createServices(settings, { serving: true });
  const factory = mcpFactory(settings, services, log);
  const first: McpServerFactory = (connection) => {
    // After the first answer: loading keeps the process busy for some 100 ms.
    setImmediate(() => void services.warm());
    return factory(connection);
  };
  const handle = serveStdio(first, { onerror: (error) => log.warn({ err: error }, 'MCP transport') });
  await new Promise<void>((resolve) => {
    stopped.addEventListener('abort', () => resolve(), { once: true });
    process.stdin.once('end', resolve).once('close', resolve);
  });
  await handle.close();
  await services.close();
}

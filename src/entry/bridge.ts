// The program `bridge.mjs` in images of MCP servers that speak over stdin and stdout only: it serves one command over
// Streamable HTTP. It reads and writes no file.
import { startBridgeFront } from '../bridge/front.ts';
import { createBridgeLog } from '../bridge/log.ts';
import { bridgeOptions } from '../bridge/options.ts';
import { bridgeGateway } from '../bridge/server.ts';
import { SluiceError } from '../domain/errors.ts';

const USAGE_EXIT = 2;

async function main(): Promise<void> {
  const stopped = new Promise<string>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, resolve);
  });
  const options = bridgeOptions(process.argv.slice(2), process.env);
  const log = createBridgeLog();
  const gateway = await bridgeGateway(options, log);
  const front = await startBridgeFront(gateway, options, log);
  log.info({ port: front.port, command: options.program.command }, 'The bridge listens');
  log.info({ signal: await stopped }, 'The bridge ends');
  await front.drain();
  await gateway.close();
}

try {
  await main();
  process.exit(0);
} catch (error) {
  const known = error instanceof SluiceError;
  process.stderr.write(`${known ? `${error.code}: ${error.message} ${error.next}` : String(error)}\n`);
  process.exit(known && error.code === 'INVALID_INPUT' ? USAGE_EXIT : 1);
}

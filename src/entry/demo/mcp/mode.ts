import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stopAllMarked } from '../../../../sandbox/processes/stop.ts';
import { keepRunning, logOf } from '../child.ts';
import { localTemporal, shellFile } from '../environment.ts';
import { connectMcp } from '../mcp-link.ts';
import type { StartOptions } from '../options.ts';
import { endOrphans, onlyOne } from '../orphans.ts';
import { startOwnTemporal } from '../own-temporal.ts';
import { choosePort, freePort } from '../port.ts';
import { startProcesses, untilServing, type Processes } from '../processes.ts';
import type { Session } from '../session.ts';
import { Callers } from './callers.ts';
import { gatewayOf, mcpProcessEnv, mcpSettings, SERVER, type McpPlace } from './place.ts';
import { playMcpDemo, setUp } from './releases.ts';
import { mcpThingsToTry } from './things-to-try.ts';

/** A good and a bad release of an MCP server, without a cluster. Returns the exit code, as the demo in the sandbox. */
export async function runMcpDemo(options: StartOptions, session: Session): Promise<number> {
  const { screen, closers } = session;
  const place = await openPlace(options, session);
  const say = (line: string) => screen.say(line);
  const env = mcpProcessEnv(place);
  const { folder, port } = place;
  const processes = await startProcesses({ env, port, folder, say }, closers, session.signal);
  const gateway = keepRunning({ name: 'gateway', args: ['gateway'], env, folder, say });
  closers.add('gateway', () => gateway.stop());
  const over = Promise.race([processes.failed, gateway.failed]);
  await Promise.race([untilServing('gateway', place.gatewayPort, session.signal), over]);
  say(`worker, server and gateway run; MCP answers at ${processes.mcpUrl}`);
  const well = await Promise.race([play(place, processes, session), over]);
  if (options.once) return well ? 0 : 1;
  const file = join(folder, 'env');
  writeFileSync(file, shellFile(mcpSettings(place)));
  screen.print(mcpThingsToTry(place, file));
  session.up = true;
  await Promise.race([session.stopped, over]);
  return 0;
}

/** The folder of the demo, emptied, with a Temporal server of its own. */
async function openPlace({ home }: StartOptions, { screen, closers }: Session): Promise<McpPlace> {
  const folder = join(home, 'demo-mcp');
  await onlyOne(folder, closers);
  await endOrphans(folder);
  await stopAllMarked(join(folder, 'temporal'));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const say = (line: string) => screen.say(line);
  const port = await choosePort(process.env['MCP_PORT'], say);
  const own = await startOwnTemporal(folder, say);
  closers.add('Temporal', () => own.stop());
  const temporal = localTemporal(own.address, folder);
  return { folder, port, gatewayPort: await freePort(port + 1), temporal };
}

async function play(
  place: McpPlace,
  { mcpUrl, token }: Processes,
  { screen, closers, signal }: Session,
): Promise<boolean> {
  const log = logOf(place.folder, 'server');
  const link = await connectMcp(mcpUrl, 'npm-start', { log, ...(token !== undefined && { token }) });
  const leave = new AbortController();
  const callers = new Callers(`${gatewayOf(place.gatewayPort)}/servers/${SERVER}/mcp`, token, leave.signal);
  closers.add('callers', async () => {
    leave.abort();
    await callers.ended();
  });
  const stage = { link, screen, signal, callers };
  try {
    await setUp(stage);
    callers.start();
    return await playMcpDemo(stage);
  } finally {
    await link.close();
  }
}

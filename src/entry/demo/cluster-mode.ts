import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { loadSettings } from '../../config/load.ts';
import type { Settings } from '../../config/schema.ts';
import { SLUICE } from './child.ts';
import { findTemporal } from './find-temporal.ts';
import { connectMcp } from './mcp-link.ts';
import type { StartOptions } from './options.ts';
import { onlyOne } from './orphans.ts';
import { choosePort } from './port.ts';
import { startProcesses, type Processes } from './processes.ts';
import type { Session } from './session.ts';
import { plural } from '../../domain/plural.ts';

type ClusterOptions = StartOptions & { readonly kubeconfig: string };

/** Worker and server for the user's own cluster. It changes nothing there. Returns on a stop signal. */
export async function runOnCluster(options: ClusterOptions, session: Session): Promise<number> {
  const { screen, closers, signal } = session;
  const say = (line: string) => screen.say(line);
  const base = { ...process.env, SLUICE_KUBECONFIG: options.kubeconfig, SLUICE_HOME: options.home };
  const { settings } = loadSettings({ env: base });
  const port = await choosePort(process.env['MCP_PORT'], say);
  const folder = join(options.home, 'start');
  await onlyOne(folder, closers);
  const temporal = await findTemporal(base, options.home, closers, say);
  const env = { ...temporal.env, MCP_PORT: String(port) };
  const processes = await startProcesses({ env, port, folder, say }, closers, signal);
  say(`worker and server run for the cluster of ${options.kubeconfig}; nothing was changed there`);
  await sayWhatIsMissing(env, session);
  await sayWhere(processes, temporal.where, settings, session);
  session.up = true;
  await Promise.race([session.stopped, processes.failed]);
  return 0;
}

/** Runs `sluice doctor` as for users. */
async function sayWhatIsMissing(env: NodeJS.ProcessEnv, { screen, signal }: Session): Promise<void> {
  const child = spawn(process.execPath, [SLUICE, 'doctor'], { env, signal, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => (text += part));
  const code = await new Promise<number | null>((resolve) =>
    child.once('close', resolve).once('error', () => resolve(null)),
  );
  signal.throwIfAborted();
  screen.print(['sluice doctor says:', '', text.trim(), '']);
  screen.say(
    code === 0 ? 'Nothing is missing.' : 'Releases need what is missing above; everything here stays up meanwhile.',
  );
}

async function sayWhere(
  { mcpUrl, token }: Processes,
  temporal: string,
  settings: Settings,
  { screen }: Session,
): Promise<void> {
  const link = await connectMcp(mcpUrl, 'npm-start', token === undefined ? {} : { token });
  const tools = await link.tools().finally(() => link.close());
  const writes = settings.mcpAllowWrite
    ? 'write tools are ON (MCP_ALLOW_WRITE)'
    : 'write tools are off; MCP_ALLOW_WRITE=true turns them on';
  screen.print([
    `MCP endpoint  ${mcpUrl}  (loopback only; ${plural(tools.length, 'tool')}; ${writes})`,
    `Temporal      ${temporal}`,
    '',
    'Ctrl-C stops what was started here.',
  ]);
}

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadSettings } from '../../config/load.ts';
import type { Sandbox } from '../../../sandbox/index.ts';
import { stateDirOf } from '../../../sandbox/place.ts';
import { logOf } from './child.ts';
import { sandboxProcessEnv, sandboxSettings, shellFile } from './environment.ts';
import { connectMcp } from './mcp-link.ts';
import type { StartOptions } from './options.ts';
import { endOrphans, onlyOne } from './orphans.ts';
import { choosePort } from './port.ts';
import { startProcesses, type Processes } from './processes.ts';
import { playDemo } from './releases.ts';
import { raiseSandbox, watchSandbox } from './sandbox-stack.ts';
import type { Session } from './session.ts';
import { thingsToTry } from './things-to-try.ts';

/** The whole stack and the two releases. Returns the exit code: at once with --once, else on a stop signal. */
export async function runInSandbox(options: StartOptions, session: Session): Promise<number> {
  const { screen, closers, signal } = session;
  const say = (line: string) => screen.say(line);
  const stateDir = stateDirOf(options);
  await onlyOne(stateDir, closers);
  // This comes first, because an orphaned server uses its port.
  await endOrphans(stateDir);
  const port = await choosePort(process.env['MCP_PORT'], say);
  const sandbox = await raiseSandbox(options, closers, say, signal);
  const processes = await startProcesses(
    { env: sandboxProcessEnv(sandbox, options.home, port), port, folder: stateDir, say },
    closers,
    signal,
  );
  say(`worker and server run; MCP answers at ${processes.mcpUrl}`);
  const well = await Promise.race([demo(sandbox, options, processes, session), processes.failed]);
  if (options.once) return well ? 0 : 1;
  await stayUp(sandbox, options, processes, session);
  return 0;
}

async function demo(
  sandbox: Sandbox,
  { home }: StartOptions,
  { mcpUrl, token }: Processes,
  { screen, signal }: Session,
): Promise<boolean> {
  const log = logOf(sandbox.stateDir, 'server');
  const link = await connectMcp(mcpUrl, 'npm-start', { log, ...(token !== undefined && { token }) });
  try {
    return await playDemo({ link, screen, signal, sandbox, running: await runningImage(sandbox, home) });
  } finally {
    await link.close();
  }
}

/** Imported here, because the Kubernetes client loads slowly, and the sandbox starts meanwhile. */
async function runningImage(sandbox: Sandbox, home: string): Promise<() => Promise<string>> {
  const { clustersOf, portsOver } = await import('../ports.ts');
  const { settings } = loadSettings({ env: sandboxSettings(sandbox, home) });
  const { workload: rollouts } = portsOver(clustersOf(settings), settings);
  const target = { cluster: sandbox.context, namespace: 'shop', rollout: 'shop' };
  return async () => Object.values((await rollouts.read(target)).images)[0] ?? '';
}

async function stayUp(
  sandbox: Sandbox,
  options: StartOptions,
  { mcpUrl, failed }: Processes,
  session: Session,
): Promise<void> {
  const { screen, signal, stopped } = session;
  const env = join(sandbox.stateDir, 'env');
  const { port } = new URL(mcpUrl);
  writeFileSync(
    env,
    shellFile({
      ...sandboxSettings(sandbox, options.home),
      MCP_PORT: port,
      SANDBOX_WEB_URL: sandbox.traefikEntryUrls[0] ?? '',
    }),
  );
  screen.print(thingsToTry(sandbox, mcpUrl, env));
  watchSandbox(options, (line) => screen.say(line), signal);
  session.up = true;
  await Promise.race([stopped, failed]);
}

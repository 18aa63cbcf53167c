import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ROOT } from '../../scripts/root.mjs';

/** A gateway, in this process or as the product's own program. */
export interface RunningGateway {
  readonly root: string;
  readonly url: (server: string) => string;
  close(): Promise<void>;
}

/** `sluice gateway` on a free port, for the registry that the variables name. It asks nobody who they are. */
export async function startGatewayProcess(variables: Readonly<Record<string, string>>): Promise<RunningGateway> {
  const own = { SLUICE_GATEWAY_PORT: '0', SLUICE_LOCAL_ACCESS: 'open', SLUICE_GATEWAY_HEALTH_INTERVAL: '1s' };
  const child = spawn(process.execPath, [join(ROOT, 'bin', 'sluice.mjs'), 'gateway'], {
    env: { PATH: process.env['PATH'], ...variables, ...own },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [line] = (await once(child.stderr, 'data')) as [Buffer];
  child.stderr.resume();
  const { url: root } = JSON.parse(line.toString().split('\n')[0] ?? '') as { url: string };
  return {
    root,
    url: (server) => `${root}/servers/${server}/mcp`,
    async close() {
      const ended = once(child, 'exit');
      if (!child.kill('SIGKILL')) return;
      await ended;
    },
  };
}

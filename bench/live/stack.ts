import { join } from 'node:path';
import { sandboxDown, sandboxUp } from '../../sandbox/index.ts';
import { homeOf, stateDirOf } from '../../sandbox/place.ts';
import { logOf } from '../../src/entry/demo/child.ts';
import type { Closers } from '../../src/entry/demo/closers.ts';
import { sandboxProcessEnv } from '../../src/entry/demo/environment.ts';
import { connectMcp } from '../../src/entry/demo/mcp-link.ts';
import { onlyOne } from '../../src/entry/demo/orphans.ts';
import { choosePort } from '../../src/entry/demo/port.ts';
import { startProcesses } from '../../src/entry/demo/processes.ts';
import type { Where } from './slot.ts';

export const RESULTS = join(homeOf(), 'bench', 'live.jsonl');

/** A separate sandbox of this name, without applications at first. Worker and server run as for users. */
export async function raise(
  name: string,
  closers: Closers,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<Where> {
  const stateDir = stateDirOf({ name });
  await onlyOne(stateDir, closers);
  await sandboxDown({ name });
  closers.add('sandbox', async () => void (await sandboxDown({ name })));
  const sandbox = await sandboxUp({ name, rps: 0, applications: [], onProgress: say });
  const port = await choosePort('0', say);
  const { mcpUrl, token } = await startProcesses(
    { env: { ...sandboxProcessEnv(sandbox, homeOf(), port), SLUICE_LOG_LEVEL: 'warn' }, port, folder: stateDir, say },
    closers,
    signal,
  );
  const link = await connectMcp(mcpUrl, 'bench', {
    log: logOf(stateDir, 'server'),
    ...(token !== undefined && { token }),
  });
  closers.add('client', () => link.close());
  return { sandbox, link, signal };
}

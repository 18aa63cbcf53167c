import { binaryNamed } from '../sandbox/manifest.ts';
import { acquireBinary, sandboxDown, sandboxUp, type Sandbox } from '../sandbox/index.ts';
import { homeOf, stateDirOf } from '../sandbox/place.ts';
import type { Closers } from '../src/entry/demo/closers.ts';
import { sandboxProcessEnv } from '../src/entry/demo/environment.ts';
import { connectMcp, type McpLink } from '../src/entry/demo/mcp-link.ts';
import { onlyOne } from '../src/entry/demo/orphans.ts';
import { choosePort } from '../src/entry/demo/port.ts';
import { startProcesses } from '../src/entry/demo/processes.ts';
import { APP } from './cluster.ts';
import { STABLE } from './contenders.ts';
import { WEIGHTS } from './measure.ts';

export interface Stack {
  readonly sandbox: Sandbox;
  readonly link: McpLink;
  /** Path of kubectl-argo-rollouts. */
  readonly plugin: string;
  readonly versions: Readonly<Record<string, string>>;
}

export const RPS = 200;
const PLACE = { name: 'bench' };

/** A new separate sandbox with one application that gets the whole load. Our worker and server run as for users. */
export async function raise(closers: Closers, say: (line: string) => void): Promise<Stack> {
  const stateDir = stateDirOf(PLACE);
  await onlyOne(stateDir, closers);
  await sandboxDown(PLACE);
  closers.add('sandbox', async () => void (await sandboxDown(PLACE)));
  const applications = [{ name: APP, strategy: 'canary' as const, steps: [...WEIGHTS], image: STABLE }];
  const sandbox = await sandboxUp({ ...PLACE, rps: RPS, applications, onProgress: say });
  const { path: plugin } = await acquireBinary('kubectl-argo-rollouts', {});
  const port = await choosePort('0', say);
  const env = sandboxProcessEnv(sandbox, homeOf(), port);
  const { mcpUrl, token } = await startProcesses(
    { env, port, folder: stateDir, say },
    closers,
    new AbortController().signal,
  );
  const link = await connectMcp(mcpUrl, 'bench', token === undefined ? {} : { token });
  closers.add('client', () => link.close());
  const versions = Object.fromEntries(
    (['rollouts-controller', 'traefik', 'temporal'] as const).map((name) => [name, binaryNamed(name).version]),
  );
  return { sandbox, link, plugin, versions };
}

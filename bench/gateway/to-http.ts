import { registered, startUpstream, stdioGateway, type Contender } from './contenders.ts';
import { overHttp, overPipes, type Amount, type Figures } from './measure.ts';
import type { Programs } from './peers.ts';

/**
 * Programs that a client starts over stdio, and that lead to a server over HTTP. The direct way is the same server over
 * HTTP. A contender that does not start is left out by name.
 */
export async function toHttp(
  programs: Programs,
  amount: Pick<Amount, 'calls'>,
  say: (line: string) => void,
): Promise<readonly Figures[]> {
  const upstream = await startUpstream(programs);
  try {
    const folder = await registered({ transport: 'streamable-http', url: upstream.url, headers: {} });
    const figures = [
      await overHttp(upstream, amount),
      await orNothing('sluice', say, () => overPipes('sluice', stdioGateway(folder), amount)),
      await orNothing('mcp-remote', say, () => overPipes('mcp-remote', remote(programs, upstream, folder), amount)),
    ];
    return figures.filter((one) => one !== undefined);
  } finally {
    await upstream.stop();
  }
}

/** It keeps the state of logins in the home of the user, so it gets another one. */
function remote({ mcpRemote }: Programs, { url }: Contender, folder: string) {
  return { command: mcpRemote, args: [url, '--allow-http'], env: { ...process.env, HOME: folder } };
}

async function orNothing(
  name: string,
  say: (line: string) => void,
  measure: () => Promise<Figures>,
): Promise<Figures | undefined> {
  try {
    const figures = await measure();
    say(`${name} from stdio to HTTP: measured`);
    return figures;
  } catch (error) {
    say(`${name} from stdio to HTTP: left out, because it does not work here: ${String(error)}`);
    return undefined;
  }
}

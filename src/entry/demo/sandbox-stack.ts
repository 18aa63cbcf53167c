import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { sandboxDown, sandboxStatus, type Sandbox } from '../../../sandbox/index.ts';
import { SLUICE } from './child.ts';
import type { Closers } from './closers.ts';
import { withoutTemporal } from './environment.ts';

export interface Place {
  readonly name: string;
  readonly home: string;
}

/** The running sandbox. If this call starts it, it is ended with everything else. */
export async function raiseSandbox(
  place: Place,
  closers: Closers,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Sandbox> {
  const status = await sandboxStatus(place);
  if (status.state === 'running') say(`sandbox ${place.name} is already up; it stays up afterwards`);
  else if (status.state === 'degraded') say(`sandbox ${place.name} is up with parts missing; starting those`);
  else {
    say(
      `starting sandbox ${place.name}: seconds when its programs are there, up to 15 minutes when they have to be built`,
    );
    closers.add(`sandbox ${place.name}`, async () => void (await sandboxDown(place)));
  }
  return sandboxUp(place, say, signal);
}

/** `sluice sandbox up` in a separate process group. An interruption ends it with all its builds and its lock. */
async function sandboxUp({ name, home }: Place, say: (line: string) => void, signal: AbortSignal): Promise<Sandbox> {
  const env = { ...withoutTemporal(process.env), SLUICE_HOME: home };
  const child = spawn(process.execPath, [SLUICE, 'sandbox', 'up', '--name', name, '--output', 'json'], {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kill = (): void =>
    void (child.pid !== undefined && child.exitCode === null && process.kill(-child.pid, 'SIGKILL'));
  signal.addEventListener('abort', kill, { once: true });
  const last: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    last.push(line);
    say(line);
  });
  let answer = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (answer += text));
  const code = await new Promise((resolve) => child.once('close', resolve).once('error', resolve));
  signal.removeEventListener('abort', kill);
  signal.throwIfAborted();
  if (code !== 0) throw new Error(`The sandbox did not start: ${last.at(-1) ?? String(code)}`);
  return JSON.parse(answer) as Sandbox;
}

const LOOK_MS = 3_000;

/** Reports every part that dies, with its name. It ends with the signal. */
export function watchSandbox(place: Place, say: (line: string) => void, signal: AbortSignal): void {
  const reported = new Set<string>();
  const timer = setInterval(() => void look(), LOOK_MS);
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  const look = async (): Promise<void> => {
    const { parts, stateDir } = await sandboxStatus(place);
    if (!existsSync(stateDir)) return;
    for (const { name, pid, state, exit, lastLines } of parts) {
      if (state !== 'died' || reported.has(`${name} ${pid}`)) continue;
      reported.add(`${name} ${pid}`);
      say(
        `${name} of the sandbox died (${exit ?? 'no exit status'}). Start it again: node bin/sluice.mjs sandbox up --name ${place.name}\n${(lastLines ?? []).slice(-3).join('\n')}`,
      );
    }
  };
}

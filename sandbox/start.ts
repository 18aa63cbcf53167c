import { partNamed } from './parts/all.ts';
import { describeDeath, exitOf, recordExit, startProcess, untilReady } from './processes/part.ts';
import type { RunningPart } from './processes/part.ts';
import { isAlive } from './processes/proc.ts';
import { writeState } from './processes/state.ts';
import type { SandboxState } from './processes/state.ts';

async function start(stateDir: string, state: SandboxState, name: string): Promise<RunningPart> {
  const running = await startProcess(stateDir, partNamed(name)(stateDir, state));
  state.parts[name] = running.record;
  writeState(stateDir, state);
  void running.ended.then((exit) => recordExit(stateDir, name, running.record.pid, exit));
  return running;
}

export async function startUntilReady(stateDir: string, state: SandboxState, name: string): Promise<void> {
  const running = await start(stateDir, state, name);
  await untilReady(stateDir, partNamed(name)(stateDir, state), running);
}

/** Number of checks, 100 ms apart, before a part that has ended is reported without its exit status. */
const PATIENCE = 5;

/** Rejects with the name of the part as soon as any started part has ended. */
export function watchParts(stateDir: string, state: SandboxState): { failed: Promise<never>; end: () => void } {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  let before: readonly string[] = [];
  const timer = setInterval(() => {
    const dead = Object.entries(state.parts)
      .filter(([, record]) => !record.stopped && !isAlive(record.pid, record.startTime))
      .map(([name, record]) => ({ name, exit: exitOf(stateDir, name, record.pid) }));
    // The exit status arrives shortly after the part has ended. A process that has not started the part never gets it.
    // A few checks are enough.
    const named = dead.find(
      ({ name, exit }) => exit !== undefined || before.filter((other) => other === name).length >= PATIENCE,
    );
    if (named) reject(describeDeath(stateDir, named.name, named.exit));
    before = [...before, ...dead.map(({ name }) => name)];
  }, 100);
  return { failed: promise, end: () => clearInterval(timer) };
}

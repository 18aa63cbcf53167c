import { partNamed } from './parts/all.ts';
import { exclusively, stateDirOf } from './place.ts';
import type { Place } from './place.ts';
import { isAlive } from './processes/proc.ts';
import { readState, writeState } from './processes/state.ts';
import type { SandboxState } from './processes/state.ts';
import { stopAllMarked, stopProcess } from './processes/stop.ts';
import { cleanHost } from './real-pods/host.ts';
import { startUntilReady } from './start.ts';
import type { Sandbox } from './types.ts';

/**
 * Ends all processes of the sandbox, including those that a killed starter did not record. Logs stay until the next
 * start.
 */
export async function sandboxDown(place: Place = {}): Promise<{ stopped: string[] }> {
  const stateDir = stateDirOf(place);
  return exclusively(stateDir, async () => {
    const state = readState(stateDir);
    const running = Object.entries(state?.parts ?? {}).filter(([, record]) => isAlive(record.pid, record.startTime));
    for (const record of Object.values(state?.parts ?? {})) record.stopped = true;
    if (state) writeState(stateDir, { ...state, ready: false });
    const count = await stopAllMarked(stateDir);
    if (state?.addOns?.includes('real-pods')) await cleanHost(stateDir, state.range);
    const names = running.map(([name]) => name);
    const unrecorded = count - names.length;
    return { stopped: unrecorded > 0 ? [...names, `${unrecorded} unrecorded`] : names };
  });
}

function existing(sandbox: Sandbox): SandboxState {
  const state = readState(sandbox.stateDir);
  if (!state)
    throw new Error(`There is no sandbox in ${sandbox.stateDir}. Start it: sluice sandbox up --name ${sandbox.name}.`);
  return state;
}

/** Ends one part. The default signal is SIGTERM. SIGKILL simulates a crash, and SIGSTOP freezes the part. */
export async function stopPart(sandbox: Sandbox, part: string, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  partNamed(part);
  await exclusively(sandbox.stateDir, async () => {
    const state = existing(sandbox);
    const record = state.parts[part];
    if (!record) throw new Error(`${part} was never started in sandbox ${sandbox.name}.`);
    if (signal === 'SIGSTOP' || signal === 'SIGCONT') return void process.kill(record.pid, signal);
    record.stopped = true;
    writeState(sandbox.stateDir, state);
    await stopProcess(record.pid, record.startTime, signal);
  });
}

/** Starts a stopped part with the same ports and state. It continues a frozen part. */
export async function startPart(sandbox: Sandbox, part: string): Promise<void> {
  partNamed(part);
  await exclusively(sandbox.stateDir, async () => {
    const state = existing(sandbox);
    const record = state.parts[part];
    if (record && isAlive(record.pid, record.startTime)) return void process.kill(record.pid, 'SIGCONT');
    await startUntilReady(sandbox.stateDir, state, part);
  });
}

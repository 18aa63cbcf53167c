import { acquireBinaries, binariesOf } from './binaries/acquire.ts';
import { acquireCrds } from './binaries/crds.ts';
import { binaryCache } from './binaries/places.ts';
import { createDefinitions, createNamespace } from './cluster/bootstrap.ts';
import { ADD_ONS } from './manifest.ts';
import type { AddOn } from './manifest.ts';
import { ADD_ON_PARTS } from './parts/all.ts';
import { apiClient } from './parts/answers.ts';
import type { Say } from './place.ts';
import { isAlive } from './processes/proc.ts';
import { writeState } from './processes/state.ts';
import type { SandboxState } from './processes/state.ts';
import { startUntilReady } from './start.ts';

export function addOnNamed(name: string): AddOn {
  const found = ADD_ONS.find((one) => one === name);
  if (!found) throw new Error(`The sandbox has no add-on "${name}". It has: ${ADD_ONS.join(', ')}.`);
  return found;
}

/**
 * Gets and starts the parts of an add-on in a sandbox that serves. What runs already is left as it is. The caller holds
 * the lock of the sandbox.
 */
export async function ensureAddOn(stateDir: string, state: SandboxState, name: AddOn, say: Say): Promise<void> {
  const parts = Object.keys(ADD_ON_PARTS[name]).filter((part) => {
    const record = state.parts[part];
    return !record || !isAlive(record.pid, record.startTime);
  });
  if (parts.length === 0) return;
  const acquired = await acquireBinaries(binariesOf(name), { onProgress: say });
  for (const { name: binary, path } of acquired) state.binaries[binary] = path;
  const api = apiClient(stateDir, state);
  await createDefinitions(api, await acquireCrds(binaryCache(), name));
  await createNamespace(api, 'flux-system');
  state.addOns = [...new Set([...(state.addOns ?? []), name])];
  writeState(stateDir, state);
  await Promise.all(parts.map((part) => startUntilReady(stateDir, state, part).then(() => say(`${part}: ready`))));
}

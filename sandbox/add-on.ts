import { acquireBinaries, binariesOf } from './binaries/acquire.ts';
import { acquireCrds } from './binaries/crds.ts';
import { binaryCache } from './binaries/places.ts';
import { createDefinitions, createNamespace } from './cluster/bootstrap.ts';
import type { ApiClient } from './cluster/api-client.ts';
import { ADD_ONS } from './manifest.ts';
import type { AddOn } from './manifest.ts';
import { ADD_ON_PARTS } from './parts/all.ts';
import { apiClient } from './parts/answers.ts';
import { loopback } from './parts/layout.ts';
import type { Say } from './place.ts';
import { isAlive } from './processes/proc.ts';
import { writeState } from './processes/state.ts';
import type { SandboxState } from './processes/state.ts';
import { stopProcess } from './processes/stop.ts';
import { admitPods, applyAdmission } from './real-pods/admission.ts';
import { requireRealPods } from './real-pods/requirements.ts';
import { startUntilReady } from './start.ts';

export function addOnNamed(name: string): AddOn {
  const found = ADD_ONS.find((one) => one === name);
  if (!found) throw new Error(`The sandbox has no add-on "${name}". It has: ${ADD_ONS.join(', ')}.`);
  return found;
}

interface Running {
  stateDir: string;
  state: SandboxState;
  api: ApiClient;
  /** Parts of the add-on that do not run. */
  parts: string[];
  say: Say;
}

const STARTS: Readonly<Record<AddOn, (running: Running) => Promise<void>>> = {
  async flux({ api, parts, ...running }) {
    await createDefinitions(api, await acquireCrds(binaryCache(), 'flux'));
    await createNamespace(api, 'flux-system');
    remember(running, 'flux');
    await Promise.all(parts.map((part) => startAndSay(running, part)));
  },
  async 'real-pods'({ api, parts, ...running }) {
    const { stateDir, state } = running;
    const { containerd, registry } = requireRealPods();
    Object.assign(state.binaries, { containerd, registry });
    remember(running, 'real-pods');
    if (!state.podPolicies) await restartControlPlane(running);
    await applyAdmission(api, loopback(state, 'registry'));
    // The node needs the registry.
    for (const part of parts) await startAndSay(running, part);
    await admitPods(apiClient(stateDir, state));
  },
};

type Serving = Pick<Running, 'stateDir' | 'state' | 'say'>;

function remember({ stateDir, state }: Serving, name: AddOn): void {
  state.addOns = [...new Set([...(state.addOns ?? []), name])];
  writeState(stateDir, state);
}

const startAndSay = ({ stateDir, state, say }: Serving, part: string): Promise<void> =>
  startUntilReady(stateDir, state, part).then(() => say(`${part}: ready`));

/** A sandbox that was started without real pods has no policies for them, and gives pods no tokens. */
async function restartControlPlane(running: Serving): Promise<void> {
  const { stateDir, state } = running;
  state.podPolicies = true;
  for (const part of ['kube-apiserver', 'kube-controller-manager']) {
    const record = state.parts[part];
    if (record) {
      record.stopped = true;
      writeState(stateDir, state);
      await stopProcess(record.pid, record.startTime);
    }
    await startAndSay(running, part);
  }
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
  await STARTS[name]({ stateDir, state, api: apiClient(stateDir, state), parts, say });
}

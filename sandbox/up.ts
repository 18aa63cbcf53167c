import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { ensureApplications } from './apps/applications.ts';
import { addOnNamed, ensureAddOn } from './add-on.ts';
import { acquireBinaries, binariesOf } from './binaries/acquire.ts';
import { acquireCrds } from './binaries/crds.ts';
import { binaryCache } from './binaries/places.ts';
import { bootstrap } from './cluster/bootstrap.ts';
import { writeKubeconfig } from './cluster/kubeconfig.ts';
import { createTokens, writeUserFiles } from './cluster/users.ts';
import { partsOf } from './parts/all.ts';
import { apiClient } from './parts/answers.ts';
import { certificate, describeSandbox, kubeconfigOf } from './parts/layout.ts';
import { exclusively, stateDirOf } from './place.ts';
import type { Say } from './place.ts';
import { withLock } from './processes/lock.ts';
import { choosePorts, chooseRange } from './processes/ports.ts';
import { isAlive, markedProcesses } from './processes/proc.ts';
import { readState, writeState } from './processes/state.ts';
import type { SandboxState } from './processes/state.ts';
import { stopAllMarked } from './processes/stop.ts';
import { cleanHost } from './real-pods/host.ts';
import { requireRealPods } from './real-pods/requirements.ts';
import { startUntilReady, watchParts } from './start.ts';
import type { ApplicationSpec, Sandbox, SandboxOptions } from './types.ts';

const DEFAULT_APPLICATIONS: ApplicationSpec[] = [
  { name: 'shop', strategy: 'canary' },
  { name: 'shop-bg', strategy: 'blue-green' },
];

async function newState(stateDir: string, name: string, options: SandboxOptions): Promise<SandboxState> {
  const range = await chooseRange();
  const state: SandboxState = {
    name,
    range,
    ports: await choosePorts(range),
    tokens: createTokens(),
    parts: {},
    binaries: {},
    podPolicies: options.with?.includes('real-pods') ?? false,
    rps: options.load === false ? 0 : (options.rps ?? 200),
    ready: false,
  };
  writeUserFiles(stateDir, state.tokens);
  writeFileSync(join(stateDir, 'traefik.token'), state.tokens['traefik'] ?? '', { mode: 0o600 });
  return state;
}

/**
 * Only one sandbox at a time chooses a range, until its etcd holds it. Otherwise two could choose the same range, and
 * the slower one would use the other's etcd.
 */
function claimAndStartEtcd(
  stateDir: string,
  name: string,
  options: SandboxOptions,
  binaries: Record<string, string>,
): Promise<SandboxState> {
  return withLock('ranges', async () => {
    const state = await newState(stateDir, name, options);
    state.binaries = binaries;
    await startUntilReady(stateDir, state, 'etcd');
    return state;
  });
}

function writeKubeconfigs(stateDir: string, state: SandboxState): void {
  const { apiServer, context } = describeSandbox(stateDir, state);
  const ca = readFileSync(certificate(stateDir), 'utf8');
  for (const [user, token] of Object.entries(state.tokens))
    writeKubeconfig(kubeconfigOf(stateDir, user), { server: apiServer, ca, context, user, token });
}

async function startCluster(stateDir: string, state: SandboxState, crds: string[], say: Say): Promise<void> {
  const startAndSay = (part: string): Promise<void> =>
    startUntilReady(stateDir, state, part).then(() => say(`${part}: ready`));
  // These parts need no cluster. watchParts reports a dead part. If this were awaited only at the end, a rejection
  // would be unhandled.
  const early = Promise.all(['temporal', 'prometheus'].map(startAndSay));
  early.catch(() => {});
  await startAndSay('kube-apiserver');
  writeKubeconfigs(stateDir, state);
  await bootstrap(apiClient(stateDir, state), crds);
  say('resource definitions and node: in place');
  // The garbage collector discovers new kinds only every 30 s, so it starts when all exist.
  const parts = [
    'kube-controller-manager',
    'kube-scheduler',
    'node-agent',
    'argo-rollouts',
    'traefik-1',
    'traefik-2',
    'load',
  ];
  await Promise.all([early, ...parts.map(startAndSay)]);
}

async function freshStart(stateDir: string, name: string, options: SandboxOptions, say: Say): Promise<SandboxState> {
  await stopAllMarked(stateDir);
  const before = readState(stateDir);
  if (before?.addOns?.includes('real-pods')) await cleanHost(stateDir, before.range);
  rmSync(stateDir, { recursive: true, force: true });
  mkdirSync(stateDir, { recursive: true });
  const began = performance.now();
  const acquired = await acquireBinaries(binariesOf(), { onProgress: say });
  const crds = await acquireCrds(binaryCache());
  const acquiredAt = performance.now();
  const binaries = Object.fromEntries(acquired.map((binary) => [binary.name, binary.path]));
  const state = await claimAndStartEtcd(stateDir, name, options, binaries);
  const watch = watchParts(stateDir, state);
  const sandbox = describeSandbox(stateDir, state);
  const work = async (): Promise<void> => {
    await startCluster(stateDir, state, crds, say);
    await ensureApplications(sandbox, options.applications ?? DEFAULT_APPLICATIONS);
  };
  try {
    await Promise.race([work(), watch.failed]);
  } catch (error) {
    // The logs stay. A partial cluster has no use.
    await stopAllMarked(stateDir);
    throw error;
  } finally {
    watch.end();
  }
  state.ready = true;
  writeState(stateDir, state);
  const seconds = (from: number, to: number): string => `${((to - from) / 1000).toFixed(1)} s`;
  say(
    `binaries had in ${seconds(began, acquiredAt)}; everything served ${seconds(acquiredAt, performance.now())} after that`,
  );
  return state;
}

/** Starts the missing parts of a sandbox that has served before, with its previous ports and state. */
async function repair(stateDir: string, state: SandboxState, say: Say): Promise<void> {
  for (const part of partsOf(state)) {
    const record = state.parts[part];
    if (record && isAlive(record.pid, record.startTime)) continue;
    say(`${part}: not running; starting it`);
    await startUntilReady(stateDir, state, part);
  }
}

/**
 * Starts an add-on in a sandbox that serves, unless it runs there. Other parts stay as they are. Several callers may
 * do this at once.
 */
export async function addToSandbox({ stateDir }: Sandbox, addOn: string, say: Say = () => {}): Promise<void> {
  const name = addOnNamed(addOn);
  await exclusively(
    stateDir,
    async () => {
      const state = readState(stateDir);
      if (!state?.ready) throw new Error(`No sandbox serves in ${stateDir}. Start it: sluice sandbox up.`);
      await ensureAddOn(stateDir, state, name, say);
    },
    say,
  );
}

/** Starts the sandbox, or finds it running. Resolves when its applications are served. */
export async function sandboxUp(options: SandboxOptions = {}): Promise<Sandbox> {
  if (process.platform !== 'linux')
    throw new Error(
      'The sandbox needs Linux: other systems do not have the whole of 127.0.0.0/8 on loopback. Use a cluster of your own instead.',
    );
  const say = options.onProgress ?? (() => {});
  const addOns = (options.with ?? []).map(addOnNamed);
  // A machine that cannot do it learns so before anything starts.
  if (addOns.includes('real-pods')) requireRealPods();
  const stateDir = stateDirOf(options);
  mkdirSync(stateDir, { recursive: true });
  return exclusively(
    stateDir,
    async () => {
      const known = readState(stateDir);
      const usable = known?.ready && existsSync(certificate(stateDir)) && markedProcesses(stateDir).length > 0;
      const state = usable ? known : await freshStart(stateDir, options.name ?? 'default', options, say);
      if (usable) await repair(stateDir, state, say);
      for (const addOn of addOns) await ensureAddOn(stateDir, readState(stateDir) ?? state, addOn, say);
      const sandbox = describeSandbox(stateDir, state);
      if (usable) await ensureApplications(sandbox, options.applications ?? []);
      return sandbox;
    },
    say,
  );
}

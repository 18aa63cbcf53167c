import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { PartCommand } from '../processes/part.ts';
import type { SandboxState } from '../processes/state.ts';
import { answers } from './answers.ts';
import { http, kubeconfigOf, loopback, portOf } from './layout.ts';
import { script, writeConfig } from './own.ts';

export function git(stateDir: string, state: SandboxState): PartCommand {
  const config = { root: join(stateDir, 'git'), port: portOf(state, 'git') };
  return {
    name: 'git',
    command: process.execPath,
    args: [script('git/main.ts'), writeConfig(stateDir, 'git-server', config)],
    url: http(state, 'git'),
    ready: () => answers(http(state, 'git')),
  };
}

/** What the two controllers have in common. They find the cluster by these environment variables. */
function controller(
  name: 'source-controller' | 'kustomize-controller',
  stateDir: string,
  state: SandboxState,
  args: string[],
): PartCommand {
  return {
    name,
    command: state.binaries[name]!,
    args: [
      '--watch-all-namespaces=true',
      '--enable-leader-election=false',
      '--log-encoding=json',
      `--metrics-addr=${loopback(state, `${name}-metrics`)}`,
      `--health-addr=${loopback(state, `${name}-health`)}`,
      '--kube-api-qps=200',
      '--kube-api-burst=400',
      ...args,
    ],
    env: { KUBECONFIG: kubeconfigOf(stateDir, 'flux'), RUNTIME_NAMESPACE: 'flux-system' },
    url: `${http(state, `${name}-metrics`)}/metrics`,
    ready: () => answers(`${http(state, `${name}-health`)}/readyz`),
  };
}

export function sourceController(stateDir: string, state: SandboxState): PartCommand {
  const address = loopback(state, 'source-artifacts');
  const storage = join(stateDir, 'flux-artifacts');
  mkdirSync(storage, { recursive: true });
  return controller('source-controller', stateDir, state, [
    `--storage-path=${storage}`,
    `--storage-addr=${address}`,
    `--storage-adv-addr=${address}`,
  ]);
}

export function kustomizeController(stateDir: string, state: SandboxState): PartCommand {
  return controller('kustomize-controller', stateDir, state, ['--requeue-dependency=2s']);
}

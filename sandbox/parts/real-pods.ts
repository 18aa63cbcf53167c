import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { stringify } from 'yaml';

import type { PartCommand } from '../processes/part.ts';
import type { SandboxState } from '../processes/state.ts';
import { isNodeReady } from '../real-pods/admission.ts';
import { writeFiles } from '../real-pods/files.ts';
import { cleanHost, prepareHost } from '../real-pods/host.ts';
import { pushImage } from '../real-pods/image.ts';
import { hostNames, realPodsFolder } from '../real-pods/names.ts';
import { requireRealPods, rootPath } from '../real-pods/requirements.ts';
import { answers, apiClient } from './answers.ts';
import { http, kubeconfigOf, loopback, portOf } from './layout.ts';
import { script } from './own.ts';

export function registry(stateDir: string, state: SandboxState): PartCommand {
  const file = join(stateDir, 'registry.yml');
  return {
    name: 'registry',
    command: state.binaries['registry'] ?? 'docker-registry',
    args: ['serve', file],
    prepare: async () =>
      writeFileSync(
        file,
        stringify({
          version: 0.1,
          log: { level: 'error' },
          storage: { filesystem: { rootdirectory: join(stateDir, 'registry') }, delete: { enabled: true } },
          http: { addr: loopback(state, 'registry') },
        }),
      ),
    url: http(state, 'registry'),
    ready: () => answers(`${http(state, 'registry')}/v2/`),
  };
}

async function prepare(stateDir: string, state: SandboxState): Promise<void> {
  const { plugins } = requireRealPods();
  await cleanHost(stateDir, state.range);
  await prepareHost(stateDir, state.range);
  const pauseImage = `${loopback(state, 'registry')}/sandbox/pause:1`;
  await pushImage({
    reference: pauseImage,
    files: [{ path: '/pause', content: readFileSync(state.binaries['pause']!) }],
    entrypoint: ['/pause'],
    user: '65535',
  });
  writeFiles(stateDir, {
    range: state.range,
    plugins,
    pauseImage,
    kubeletPort: portOf(state, 'kubelet'),
    healthPort: portOf(state, 'kubelet-health'),
  });
  copyFileSync(kubeconfigOf(stateDir, 'kubelet'), join(realPodsFolder(stateDir), 'kubeconfig'));
}

/** containerd and a kubelet in namespaces of their own. The end of this process ends its containers. */
export function realNode(stateDir: string, state: SandboxState): PartCommand {
  return {
    name: 'real-node',
    command: 'unshare',
    args: [
      ...['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', '--mount-proc'],
      script('real-pods/init.sh'),
      realPodsFolder(stateDir),
      state.binaries['containerd'] ?? 'containerd',
      state.binaries['kubelet']!,
      hostNames(state.range).address,
    ],
    env: { PATH: rootPath() },
    prepare: () => prepare(stateDir, state),
    url: `http://${loopback(state, 'kubelet-health')}/healthz`,
    ready: async () =>
      (await answers(`${http(state, 'kubelet-health')}/healthz`)) && (await isNodeReady(apiClient(stateDir, state))),
  };
}

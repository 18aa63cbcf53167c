import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { stringify } from 'yaml';

import { hostNames, REAL_PODS, realPodsFolder } from './names.ts';

export interface FileSettings {
  range: number;
  /** Folder of the CNI plugins. */
  plugins: string;
  pauseImage: string;
  kubeletPort: number;
  healthPort: number;
}

/** containerd speaks plain HTTP to a registry on loopback by itself. */
function containerdConfig(folder: string, { plugins, pauseImage }: FileSettings): string {
  const cri = 'io.containerd.grpc.v1.cri';
  return `version = 2
root = "${folder}/containerd"
state = "/run/containerd/state"
[grpc]
  address = "/run/containerd/containerd.sock"
[plugins."io.containerd.internal.v1.opt"]
  path = "${folder}/opt"
[plugins."${cri}"]
  sandbox_image = "${pauseImage}"
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  [plugins."${cri}".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."${cri}".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."${cri}".containerd.runtimes.runc.options]
        SystemdCgroup = false
  [plugins."${cri}".cni]
    bin_dir = "${plugins}"
    conf_dir = "${folder}/cni"
`;
}

/**
 * Without a gateway and masquerading, the plugin sets no packet filter rule and no forwarding. Pods reach only each
 * other and the node.
 */
function network(folder: string, { bridge, subnet, address }: ReturnType<typeof hostNames>): object {
  const ipam = {
    type: 'host-local',
    dataDir: `${folder}/addresses`,
    ranges: [[{ subnet, gateway: address }]],
  };
  return { cniVersion: '0.4.0', name: bridge, plugins: [{ type: 'bridge', bridge, hairpinMode: true, ipam }] };
}

function kubeletConfig(cgroup: string, folder: string, { kubeletPort, healthPort }: FileSettings): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: '127.0.0.1',
    port: kubeletPort,
    healthzBindAddress: '127.0.0.1',
    healthzPort: healthPort,
    // The API server of the sandbox has no certificate for kubelets.
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${cgroup}`,
    failCgroupV1: false,
    failSwapOn: false,
    enforceNodeAllocatable: [],
    evictionHard: {},
    imageGCHighThresholdPercent: 100,
    localStorageCapacityIsolation: false,
    makeIPTablesUtilChains: false,
    oomScoreAdj: 0,
    volumePluginDir: `${folder}/volume-plugins`,
    containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
    resolvConf: '/etc/resolv.conf',
    registerWithTaints: [{ key: REAL_PODS, value: 'real', effect: 'NoSchedule' }],
  };
}

/** Writes the configuration of containerd, its network and the kubelet. */
export function writeFiles(stateDir: string, settings: FileSettings): void {
  const folder = realPodsFolder(stateDir);
  const names = hostNames(settings.range);
  mkdirSync(join(folder, 'cni'), { recursive: true });
  writeFileSync(join(folder, 'containerd.toml'), containerdConfig(folder, settings));
  writeFileSync(join(folder, 'cni', 'sandbox.conflist'), JSON.stringify(network(folder, names), null, 2));
  writeFileSync(join(folder, 'kubelet.yaml'), stringify(kubeletConfig(names.cgroup, folder, settings)));
}

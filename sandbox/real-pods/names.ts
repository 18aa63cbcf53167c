import { join } from 'node:path';

/** Label of the node on which pods really run, and key of the taint that keeps other pods away from it. */
export const REAL_PODS = 'sluice.dev/pods';
/**
 * Name of that node. The API server reaches a kubelet by the name of its node, and the kubelet listens on loopback
 * only, because it lets everybody in.
 */
export const REAL_NODE = 'localhost';

export const realPodsFolder = (stateDir: string): string => join(stateDir, 'real-pods');

/** What a sandbox has on the machine outside its folder, by its Service range, which no other running sandbox has. */
export interface HostNames {
  bridge: string;
  /** Address of the bridge, and of the node. */
  address: string;
  subnet: string;
  cgroup: string;
}

export function hostNames(range: number): HostNames {
  return {
    bridge: `sluice-${range}`,
    address: `10.244.${range}.1`,
    subnet: `10.244.${range}.0/24`,
    cgroup: `sluice-pods-${range}`,
  };
}

import type { PartCommand } from '../processes/part.ts';
import type { SandboxState } from '../processes/state.ts';
import { apiServer, controllerManager, etcd, scheduler } from './control-plane.ts';
import { prometheus, rolloutsController, traefik } from './delivery.ts';
import { load, nodeAgent } from './own.ts';
import { temporal } from './temporal.ts';

type Part = (stateDir: string, state: SandboxState) => PartCommand;

/** Every part, in a valid start order. */
export const PARTS: Readonly<Record<string, Part>> = {
  etcd,
  'kube-apiserver': apiServer,
  'kube-controller-manager': controllerManager,
  'kube-scheduler': scheduler,
  'node-agent': nodeAgent,
  'argo-rollouts': rolloutsController,
  'traefik-1': (stateDir, state) => traefik(stateDir, state, 1),
  'traefik-2': (stateDir, state) => traefik(stateDir, state, 2),
  prometheus,
  temporal,
  load,
};

export function partNamed(name: string): Part {
  const part = PARTS[name];
  if (!part) throw new Error(`The sandbox has no part "${name}". It has: ${Object.keys(PARTS).join(', ')}.`);
  return part;
}

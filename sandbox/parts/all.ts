import type { AddOn } from '../manifest.ts';
import type { PartCommand } from '../processes/part.ts';
import type { SandboxState } from '../processes/state.ts';
import { apiServer, controllerManager, etcd, scheduler } from './control-plane.ts';
import { prometheus, rolloutsController, traefik } from './delivery.ts';
import { git, kustomizeController, sourceController } from './flux.ts';
import { load, nodeAgent } from './own.ts';
import { realNode, registry } from './real-pods.ts';
import { temporal } from './temporal.ts';

type Part = (stateDir: string, state: SandboxState) => PartCommand;

/** The parts of every sandbox, in a valid start order. */
const PARTS: Readonly<Record<string, Part>> = {
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

export const ADD_ON_PARTS: Readonly<Record<AddOn, Readonly<Record<string, Part>>>> = {
  flux: { git, 'source-controller': sourceController, 'kustomize-controller': kustomizeController },
  'real-pods': { registry, 'real-node': realNode },
};

/** The names of the parts that a sandbox has, in a valid start order. */
export function partsOf({ addOns = [] }: Pick<SandboxState, 'addOns'>): readonly string[] {
  return [PARTS, ...addOns.map((name) => ADD_ON_PARTS[name])].flatMap((parts) => Object.keys(parts));
}

export function partNamed(name: string): Part {
  const known = Object.assign({}, PARTS, ...Object.values(ADD_ON_PARTS)) as typeof PARTS;
  const part = known[name];
  if (!part) throw new Error(`The sandbox has no part "${name}". It has: ${Object.keys(known).join(', ')}.`);
  return part;
}

import { join } from 'node:path';

import type { SandboxState } from '../processes/state.ts';
import type { Sandbox } from '../types.ts';

const port = (state: SandboxState, name: string): number => {
  const found = state.ports[name];
  if (found === undefined)
    throw new Error(
      `The sandbox's state names no port for ${name}; it is of another version. Take it down and up again.`,
    );
  return found;
};

export const loopback = (state: SandboxState, name: string): string => `127.0.0.1:${port(state, name)}`;
export const http = (state: SandboxState, name: string): string => `http://${loopback(state, name)}`;
export const portOf = port;

/** The files of a sandbox. All are below its state directory. */
export const certificate = (stateDir: string): string => join(stateDir, 'certificates', 'apiserver.crt');
export const kubeconfigOf = (stateDir: string, user: string): string => {
  if (user === 'sluice-admin') return join(stateDir, 'kubeconfig');
  return join(stateDir, user === 'sluice-viewer' ? 'kubeconfig-viewer' : `kubeconfig-${user}`);
};

export function describeSandbox(stateDir: string, state: SandboxState): Sandbox {
  return {
    name: state.name,
    stateDir,
    kubeconfig: kubeconfigOf(stateDir, 'sluice-admin'),
    context: state.name === 'default' ? 'sandbox' : state.name,
    apiServer: `https://${loopback(state, 'api-server')}`,
    prometheusUrl: http(state, 'prometheus'),
    temporalAddress: loopback(state, 'temporal'),
    temporalUiUrl: http(state, 'temporal-ui'),
    traefikApiUrls: [http(state, 'traefik-1-api'), http(state, 'traefik-2-api')],
    traefikEntryUrls: [http(state, 'traefik-1-web'), http(state, 'traefik-2-web')],
    loadUrl: http(state, 'load'),
    gitUrl: http(state, 'git'),
    registry: loopback(state, 'registry'),
  };
}

import { join } from 'node:path';
import type { Component, Installation } from './deploy-installation.ts';
import { Supervised } from './releases-process.ts';

/** Addresses that processes on this machine have other values for than pods. */
export interface Around {
  readonly kubeconfig: string;
  readonly further?: Readonly<Record<string, string>>;
}

/** The worker or the server as a process, with the environment of its container. */
export async function startComponent(
  installation: Installation,
  release: string,
  component: Component,
  { kubeconfig, further = {} }: Around,
): Promise<Supervised> {
  const { folder, keys, sandbox } = installation;
  const own = {
    ...{ SLUICE_HOME: join(folder, component), SLUICE_KEYS: keys, MCP_PORT: '0', SLUICE_STATUS_PORT: '0' },
    ...{ KUBECONFIG: kubeconfig, SLUICE_LOG_LEVEL: 'info', ...further },
  };
  return new Supervised({
    name: `the ${component} of the chart`,
    args: ['bin/sluice.mjs', component === 'worker' ? 'worker' : 'serve'],
    env: { ...(await installation.environmentOf(release, component)), ...own },
    stateDir: sandbox.stateDir,
    log: join(folder, `${component}.log`),
    ready: /"status":"http:\/\/[^:]+:(\d+)"/,
  });
}

/** An answer of a page of the status port. */
export interface Page {
  readonly status: number;
  readonly text: string;
}

/** The pages of a process, for probes and Prometheus. */
export async function pagesOf(process: Supervised): Promise<(path: string) => Promise<Page>> {
  const [, port] = await process.ready();
  return async (path) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: response.status, text: await response.text() };
  };
}

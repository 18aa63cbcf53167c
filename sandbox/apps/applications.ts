import { request } from 'node:http';

import type { ApiClient, KubeObject } from '../cluster/api-client.ts';
import { addToLoad, removeFromLoad } from '../load/client.ts';
import { loadHost } from '../load/config.ts';
import { apiClient } from '../parts/answers.ts';
import { readState } from '../processes/state.ts';
import type { ApplicationSpec, Sandbox } from '../types.ts';
import { complete, objectsOf } from './objects.ts';
import type { CompleteSpec } from './objects.ts';

interface Rollout extends KubeObject {
  status?: { phase?: string; message?: string; observedGeneration?: string };
}

const POLL_MS = 100;
const WAIT_MS = 90_000;
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, POLL_MS));

const rolloutPath = (app: CompleteSpec): string =>
  `/apis/argoproj.io/v1alpha1/namespaces/${app.namespace}/rollouts/${app.name}`;

export function clientOf(sandbox: Sandbox): ApiClient {
  const state = readState(sandbox.stateDir);
  if (!state)
    throw new Error(`There is no sandbox in ${sandbox.stateDir}. Start it: sluice sandbox up --name ${sandbox.name}.`);
  return apiClient(sandbox.stateDir, state);
}

/** Creates the namespace if it is missing. */
export async function applyNamespace(api: ApiClient, name: string): Promise<void> {
  await api.apply(`/api/v1/namespaces/${name}`, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
}

async function untilHealthy(api: ApiClient, app: CompleteSpec): Promise<void> {
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    const rollout = await api.get<Rollout>(rolloutPath(app));
    const status = rollout.status;
    if (status?.phase === 'Healthy' && status.observedGeneration === String(rollout.metadata.generation)) return;
    if (Date.now() > deadline)
      throw new Error(
        `${app.namespace}/${app.name} is not Healthy after ${WAIT_MS / 1000} s: ${status?.phase ?? 'no phase'} ${status?.message ?? ''}. See: sluice sandbox logs argo-rollouts.`,
      );
    await pause();
  }
}

/** Status of the answer for a host; 0 if there is none. It uses Node's client, because fetch allows no Host header. */
export function statusThrough(entry: string, host: string): Promise<number> {
  return new Promise((resolve) => {
    const outgoing = request(entry, { headers: { host }, timeout: 2_000, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    outgoing.on('timeout', () => outgoing.destroy());
    outgoing.on('error', () => resolve(0));
    outgoing.end();
  });
}

async function untilServed(sandbox: Sandbox, app: CompleteSpec): Promise<void> {
  const host = loadHost(app.name, app.namespace);
  const deadline = Date.now() + WAIT_MS;
  for (const entry of sandbox.traefikEntryUrls) {
    let status = await statusThrough(entry, host);
    // A 500 comes from a pod too, because an application may fail from the start on purpose. A 415 comes from a gRPC
    // server.
    while (![200, 500, 415].includes(status)) {
      if (Date.now() > deadline)
        throw new Error(
          `${host} is not served by ${entry} after ${WAIT_MS / 1000} s (last status ${status}). See: sluice sandbox logs traefik-1.`,
        );
      await pause();
      status = await statusThrough(entry, host);
    }
  }
}

/**
 * Creates the application as described. An existing one is replaced, and its weights and steps start again. Resolves
 * when it is served.
 */
export async function applyApplication(sandbox: Sandbox, spec: ApplicationSpec): Promise<void> {
  const app = complete(spec);
  const api = clientOf(sandbox);
  await applyNamespace(api, app.namespace);
  for (const { path, object } of objectsOf(app)) await api.apply(path, object);
  await untilHealthy(api, app);
  await untilServed(sandbox, app);
  await addToLoad(sandbox, app.name, app.namespace, app);
}

/** Resolves when its pods are gone, so that a later test finds a clean namespace. */
export async function removeApplication(sandbox: Sandbox, name: string, namespace = 'shop'): Promise<void> {
  const api = clientOf(sandbox);
  await removeFromLoad(sandbox, name, namespace);
  for (const strategy of ['canary', 'blue-green'] as const) {
    for (const { path } of objectsOf(complete({ name, namespace, strategy })).reverse()) await api.remove(path);
  }
  const pods = `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(`app=${name}`)}`;
  const deadline = Date.now() + WAIT_MS;
  while ((await api.get<{ items: unknown[] }>(pods)).items.length > 0) {
    if (Date.now() > deadline)
      throw new Error(
        `Pods of ${namespace}/${name} are still there after ${WAIT_MS / 1000} s. See: sluice sandbox logs node-agent.`,
      );
    await pause();
  }
}

/** Creates the missing applications. A running release of an existing one is not changed. */
export async function ensureApplications(sandbox: Sandbox, specs: ApplicationSpec[]): Promise<void> {
  const api = clientOf(sandbox);
  await Promise.all(
    specs.map(async (spec) => {
      if (!(await api.find(rolloutPath(complete(spec))))) await applyApplication(sandbox, spec);
    }),
  );
}

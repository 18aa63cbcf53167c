import type { Sandbox } from '../types.ts';
import { loadHost, loadKey } from './config.ts';
import type { LoadStats } from './config.ts';

async function call(sandbox: Pick<Sandbox, 'loadUrl'>, method: string, path: string, body?: object): Promise<unknown> {
  const init: RequestInit = { method, signal: AbortSignal.timeout(5_000) };
  if (body) init.body = JSON.stringify(body);
  const answer = await fetch(`${sandbox.loadUrl}${path}`, init);
  const result = (await answer.json()) as { error?: string };
  if (!answer.ok) throw new Error(`The load generator refused ${method} ${path}: ${result.error ?? answer.status}.`);
  return result;
}

const query = (app: string | undefined): string => (app === undefined ? '' : `?app=${encodeURIComponent(app)}`);

/** Counts since the last reset. `app` is the name, or `<namespace>/<name>` outside namespace shop. */
export async function loadStats(sandbox: Sandbox, app?: string): Promise<LoadStats> {
  return (await call(sandbox, 'GET', `/stats${query(app)}`)) as LoadStats;
}

export async function resetLoadStats(sandbox: Sandbox, app?: string): Promise<void> {
  await call(sandbox, 'POST', `/reset${query(app)}`);
}

/** Sets the total rate and fixed rates of single applications. The other applications share the rest equally. */
export async function setLoad(sandbox: Sandbox, load: { rps?: number; apps?: Record<string, number> }): Promise<void> {
  await call(sandbox, 'PUT', '/load', load);
}

export async function addToLoad(
  sandbox: Sandbox,
  name: string,
  namespace: string,
  { rps, protocol }: { rps?: number; protocol?: 'http' | 'grpc' },
): Promise<void> {
  await call(sandbox, 'PUT', '/apps', {
    key: loadKey(name, namespace),
    host: loadHost(name, namespace),
    ...(rps === undefined ? {} : { rps }),
    ...(protocol === undefined ? {} : { protocol }),
  });
}

export async function removeFromLoad(sandbox: Sandbox, name: string, namespace: string): Promise<void> {
  await call(sandbox, 'DELETE', `/apps${query(loadKey(name, namespace))}`);
}

import type { Settings } from '../config/schema.ts';
import { startEarly } from '../gateway/early-process.ts';
import { serverRegistry } from './server-registry.ts';

/** Serves until the process gets a stop signal, or over stdio until the client closes stdin. */
export async function runGateway(settings: Settings, where: { stdio?: string }, stopped: AbortSignal): Promise<void> {
  const registry = await serverRegistry(settings);
  // The client waits for the version's process, and this one has most of its files still to load.
  const early = where.stdio === undefined ? undefined : await startEarly(registry, where.stdio, process.env);
  const { serveGateway } = await import('./gateway-serve.ts');
  await serveGateway(settings, where, { registry, early, stopped });
}

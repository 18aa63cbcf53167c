import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Settings } from '../config/schema.ts';
import type { ContractsPort } from '../ports/contract-reader.ts';
import type { ServerRegistryPort } from '../ports/server-registry.ts';

/** The registry of the files that the settings name. A path may begin with `~/`. */
export async function serverRegistry({
  mcpProject,
  mcpGlobalFile,
}: Pick<Settings, 'mcpProject' | 'mcpGlobalFile'>): Promise<ServerRegistryPort> {
  const { createServerRegistry } = await import('../adapters/server-registry/index.ts');
  return createServerRegistry({ folder: pathOf(mcpProject), globalFile: pathOf(mcpGlobalFile) });
}

/** The contracts of versions. Their locks are in the project's folder. */
export async function contracts({ mcpProject }: Pick<Settings, 'mcpProject'>): Promise<ContractsPort> {
  const { createContracts } = await import('../adapters/contract-reader/index.ts');
  return createContracts(pathOf(mcpProject));
}

function pathOf(path: string): string {
  return resolve(path.startsWith('~/') ? join(homedir(), path.slice(2)) : path);
}

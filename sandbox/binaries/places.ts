import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';

import type { Binary } from '../manifest.ts';

/** The cache belongs to the user and not to the repository, so that a new clone finds existing builds. */
export function binaryCache(env: NodeJS.ProcessEnv = process.env): string {
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'sluice', 'binaries');
}

export function cachedPath(cache: string, binary: Binary): string {
  return join(cache, binary.name, binary.version, binary.name);
}

/** `SLUICE_BIN_KUBE_APISERVER` for kube-apiserver. */
export function pathVariable(name: string): string {
  return `SLUICE_BIN_${name.toUpperCase().replaceAll('-', '_')}`;
}

export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** What a step of the lookup says: the binary and where it came from, or in one line why not. */
export type Attempt = { path: string; source: string } | { skipped: string; expected?: boolean };

export interface Context {
  cache: string;
  env: NodeJS.ProcessEnv;
  say: (line: string) => void;
}

export function ensureFolderOf(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
}

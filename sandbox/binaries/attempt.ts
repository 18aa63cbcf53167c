import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** The result of one source: the binary and its origin, or the reason in one line. */
export type Attempt = { path: string; source: string } | { skipped: string; expected?: boolean };

export interface Context {
  cache: string;
  env: NodeJS.ProcessEnv;
  say: (line: string) => void;
}

export function ensureFolderOf(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
}

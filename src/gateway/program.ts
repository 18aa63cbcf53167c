import { spawn, type ChildProcess } from 'node:child_process';
import type { Upstream } from '../domain/servers/server.ts';
import { processEnvironment } from './references.ts';

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  /** The environment of the process, complete. */
  readonly env: Readonly<Record<string, string>>;
}

type Definition = Extract<Upstream, { readonly transport: 'stdio' }>;

/** The process of a version. References in its definition have been resolved. `env`: that of the gateway. */
export function programOf(
  { command, args, env: own }: Definition,
  env: Readonly<Record<string, string | undefined>>,
): Program {
  return { command, args, env: { ...processEnvironment(env), ...own } };
}

/** Programs such as npx start the server as their own child. A group lets both be stopped. */
export function started({ command, args, env }: Program): ChildProcess {
  return spawn(command, [...args], { env: { ...env }, stdio: 'pipe', detached: true });
}

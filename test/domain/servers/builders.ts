import { register } from '../../../src/domain/servers/actions.ts';
import { emptyServer, type By, type RegisteredServer, type Upstream } from '../../../src/domain/servers/server.ts';

export const BY: By = { at: 1_000, who: 'cli:ada', why: 'a test' };
export const UPSTREAM: Upstream = { transport: 'stdio', command: 'node', args: ['server.js'], env: {} };

/** A server `demo` with the version 1.0.0 as blue. */
export function withBlue(): RegisteredServer {
  return register(emptyServer('demo', 'project'), { version: '1.0.0', upstream: UPSTREAM, blue: true }, BY);
}

/** Versions with their status and traffic, as in `1.0.0 blue 100`. */
export function shown({ versions }: RegisteredServer): readonly string[] {
  return versions.map(({ version, status, traffic }) => `${version} ${status} ${traffic}`);
}

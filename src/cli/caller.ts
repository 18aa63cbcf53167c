import { osUser, type Caller } from '../domain/access/caller.ts';
import type { CliDeps } from './deps.ts';

/** The user of the operating system, who has typed the command. */
export function callerOf({ user }: Pick<CliDeps, 'user'>): Caller {
  return { id: `cli:${user}`, kind: 'cli', identity: osUser(user) };
}

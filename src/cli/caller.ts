import type { Settings } from '../config/schema.ts';
import { callerWith, osUser, type Caller } from '../domain/access/caller.ts';
import type { LoggedIn } from '../domain/access/login.ts';
import type { CliDeps } from './deps.ts';

/** The user of the operating system, who has typed the command. */
export function callerOf({ user }: Pick<CliDeps, 'user'>): Caller {
  return { id: `cli:${user}`, kind: 'cli', identity: osUser(user) };
}

/** The person who has logged in, else the user of the operating system. */
export function callerWithLogin({ user }: Pick<CliDeps, 'user'>, found: LoggedIn | undefined): Caller {
  return found ? callerWith(found.principal, { id: `cli:${user}`, kind: 'cli' }) : callerOf({ user });
}

/** Who calls now. Errors: UNAUTHENTICATED when a login has ended, CREDENTIALS_UNAVAILABLE. */
export async function currentCaller(deps: Pick<CliDeps, 'user' | 'login'>, settings: Settings): Promise<Caller> {
  return callerWithLogin(deps, await (await deps.login(settings)).current());
}

import { InvalidArgumentError, Option, type Command as Cli } from 'commander';
import { recordOf } from '../domain/access/caller.ts';
import { PERMISSIONS, type Permission } from '../domain/access/permission.ts';
import { whoOf } from '../commands/execute.ts';
import type { LoggedIn, LoggedOut } from '../domain/access/login.ts';
import { callerOf, callerWithLogin } from './caller.ts';
import type { CliDeps } from './deps.ts';
import { print, settingsOf } from './global.ts';

/** A person who logs in looks, releases, and decides. */
const USUAL: readonly Permission[] = ['read', 'operate', 'approve'];

interface Options {
  readonly device?: boolean;
  readonly permissions: readonly Permission[];
}

/** `sluice login`, `logout` and `whoami`: who the command line acts for. */
export function addLogin(program: Cli, deps: CliDeps): void {
  program
    .command('login')
    .summary('Log in as a person; the command line then acts for this person')
    .description(
      'Log in at the authorization server of the settings. The command line then acts for this person, until sluice logout. The token is kept in login.json of SLUICE_HOME, which only its owner can read',
    )
    .option('--device', 'by a code that is typed on any device, where no browser of this machine can be used')
    .addOption(
      new Option('--permissions <a,b,…>', `what the token shall permit: some of ${PERMISSIONS.join(', ')}`)
        .argParser(permissions)
        .default(USUAL, USUAL.join(',')),
    )
    .action((options: Options, cli: Cli) => login(deps, cli, options));
  program
    .command('logout')
    .description('End the login, here and at the authorization server')
    .action((_: unknown, cli: Cli) => logout(deps, cli));
  program
    .command('whoami')
    .description('Say who the command line acts for, and what the login permits')
    .action((_: unknown, cli: Cli) => whoami(deps, cli));
}

function permissions(words: string): readonly Permission[] {
  const all = words.split(',').map((word) => word.trim());
  const unknown = all.find((one) => !PERMISSIONS.some((known) => known === one));
  if (unknown !== undefined) throw new InvalidArgumentError(`They are ${PERMISSIONS.join(', ')}.`);
  return all as readonly Permission[];
}

async function login(deps: CliDeps, cli: Cli, { device = false, permissions: wanted }: Options): Promise<void> {
  const { settings } = settingsOf(deps, cli);
  await deps.audit(settings).ready();
  const show = (text: string): void => deps.io.err(text);
  const login = await deps.login(settings);
  const found = await login.begin({ device, permissions: wanted, show, signal: deps.io.stopped });
  await record(deps, cli, 'login', found);
  await print(deps, cli, toOutput(deps, found), () => `Logged in. ${text(deps, found)}`);
}

async function logout(deps: CliDeps, cli: Cli): Promise<void> {
  const login = await deps.login(settingsOf(deps, cli).settings);
  const ended = await login.end();
  if (ended) await record(deps, cli, 'logout');
  const words = ended ? loggedOut(ended) : 'Nobody is logged in.';
  const value = ended && { revoked: ended.revoked, expires_at: new Date(ended.expiresAt).toISOString() };
  await print(deps, cli, { logged_out: ended !== undefined, ...value }, () => words);
}

function loggedOut({ revoked, expiresAt }: LoggedOut): string {
  const renewal = revoked
    ? 'and the authorization server renews nothing any more'
    : 'and the authorization server has not confirmed it';
  const copy = `A copy of the last token would be accepted until ${new Date(expiresAt).toISOString()}.`;
  return `Logged out: the tokens are removed here, ${renewal}.${expiresAt > Date.now() ? ` ${copy}` : ''}`;
}

async function whoami(deps: CliDeps, cli: Cli): Promise<void> {
  const found = await (await deps.login(settingsOf(deps, cli).settings)).current();
  await print(deps, cli, toOutput(deps, found), () => text(deps, found));
}

function toOutput(deps: CliDeps, found: LoggedIn | undefined): object {
  const { groups, limits, ...caller } = callerWithLogin(deps, found);
  return {
    ...recordOf(caller),
    ...(groups && groups.length > 0 && { groups }),
    ...(limits && { permissions: limits.permissions }),
    ...(found && { expires_at: new Date(found.expiresAt).toISOString(), renewable: found.renewable }),
  };
}

function text(deps: CliDeps, found: LoggedIn | undefined): string {
  if (!found) return `The user of the operating system: ${deps.user}. Nobody is logged in.`;
  const { identity, limits } = found.principal;
  const until = new Date(found.expiresAt).toISOString();
  const may = limits?.permissions.join(', ') || 'nothing';
  const end = found.renewable ? `The token is renewed by itself; the present one ends ${until}.` : `It ends ${until}.`;
  return `${identity.name} (${identity.issuer}#${identity.subject}), ${identity.kind}. The token permits: ${may}. ${end}`;
}

/** No token is in the entry. */
async function record(deps: CliDeps, cli: Cli, tool: string, found?: LoggedIn): Promise<void> {
  const caller = found ? callerWithLogin(deps, found) : callerOf(deps);
  const entry = { at: new Date().toISOString(), ...whoOf(caller), tool, kind: 'write' as const };
  await deps.audit(settingsOf(deps, cli).settings).record({ ...entry, arguments: {}, result: 'ok', ms: 0 });
}

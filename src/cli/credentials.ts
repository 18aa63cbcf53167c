import { InvalidArgumentError, type Command as Cli } from 'commander';
import { z } from 'zod';
import { duration, toMs } from '../contract/duration.ts';
import { parse } from '../contract/parse.ts';
import type { Key } from '../domain/access/key.ts';
import { PERMISSIONS, type Permission } from '../domain/access/permission.ts';
import type { AuditEntry } from '../domain/audit.ts';
import { whoOf } from '../commands/execute.ts';
import { cleanText } from '../domain/safe-text.ts';
import { currentCaller } from './caller.ts';
import type { CliDeps } from './deps.ts';
import { print, settingsOf } from './global.ts';
import { toTable } from './table.ts';

/** A machine decides nothing in place of a person. */
const OF_KEYS = PERMISSIONS.filter((permission) => permission !== 'approve');

const created = z.strictObject({
  name: z.string().trim().min(1).max(120),
  permissions: z.array(z.enum(OF_KEYS)).min(1),
  namespaces: z
    .array(z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'must be a namespace'))
    .min(1)
    .optional(),
  expires: z.union([z.literal('never'), duration]),
});

interface Options {
  readonly permissions: readonly string[];
  readonly namespaces?: readonly string[];
  readonly expires: string;
}

/** `sluice token` and `sluice key`: credentials for the HTTP server. */
export function addCredentials(program: Cli, deps: CliDeps): void {
  program
    .command('token')
    .description('Print the token with which its user calls the HTTP server on this machine; it is made if missing')
    .action(async (_: unknown, cli: Cli) => {
      const token = (await deps.credentials(settingsOf(deps, cli).settings)).token();
      await print(deps, cli, { token }, () => token);
    });
  const key = program.command('key').description('Make, list and revoke keys with which machines call the HTTP server');
  key
    .command('create')
    .description('Make a key and print its token, which is shown once and kept nowhere')
    .argument('<name>', 'what the key is for')
    .requiredOption('--permissions <a,b,…>', `some of ${OF_KEYS.join(', ')}`, list)
    .option('--namespaces <a,b,…>', 'only these; default: all', list)
    .option('--expires <duration>', 'when it ends, as in 30d, or never', '90d')
    .action((name: string, options: Options, cli: Cli) => create(deps, cli, name, options));
  key
    .command('list')
    .description('List the keys, with their limits and their last use')
    .action(async (_: unknown, cli: Cli) => {
      const keys = (await deps.credentials(settingsOf(deps, cli).settings)).keys.list();
      await print(deps, cli, { keys: keys.map(shown) }, () => text(keys));
    });
  key
    .command('revoke')
    .description('Revoke a key; the server refuses it from the next request on')
    .argument('<id>', 'id of the key')
    .action((id: string, _: unknown, cli: Cli) => revoke(deps, cli, id));
}

function list(words: string): readonly string[] {
  const all = words.split(',').map((word) => word.trim());
  if (all.includes('')) throw new InvalidArgumentError('A name is missing.');
  return all;
}

async function create(deps: CliDeps, cli: Cli, name: string, options: Options): Promise<void> {
  const { settings } = settingsOf(deps, cli);
  const { expires, permissions, namespaces } = parse(created, { name, ...options });
  const now = Date.now();
  const until = expires === 'never' ? {} : { expiresAt: now + toMs(expires) };
  const wanted = {
    name,
    permissions: permissions as readonly Permission[],
    ...(namespaces && { namespaces }),
    ...until,
  };
  const { keys } = await deps.credentials(settings);
  await deps.audit(settings).ready();
  const { id, token } = keys.create({ ...wanted, createdBy: (await currentCaller(deps, settings)).id });
  await record(deps, cli, 'key create', { id, ...wanted });
  await print(deps, cli, { id, token }, () => `${token}\nThis is shown once. The id of the key is ${id}.`);
}

async function revoke(deps: CliDeps, cli: Cli, id: string): Promise<void> {
  const { settings } = settingsOf(deps, cli);
  await deps.audit(settings).ready();
  (await deps.credentials(settings)).keys.revoke(id);
  await record(deps, cli, 'key revoke', { id });
  await print(deps, cli, { revoked: id }, () => `Key ${id} is revoked.`);
}

async function record(deps: CliDeps, cli: Cli, tool: string, given: object): Promise<void> {
  const at = new Date().toISOString();
  const entry: AuditEntry = {
    at,
    ...whoOf(await currentCaller(deps, settingsOf(deps, cli).settings)),
    tool,
    kind: 'write',
    arguments: given,
    result: 'ok',
    ms: 0,
  };
  await deps.audit(settingsOf(deps, cli).settings).record(entry);
}

const time = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : new Date(ms).toISOString();

function shown({ id, name, permissions, namespaces, createdAt, createdBy, expiresAt, usedAt }: Key) {
  return {
    id,
    name: cleanText(name, 120),
    permissions,
    ...(namespaces && { namespaces }),
    created_at: time(createdAt),
    created_by: createdBy,
    ...(expiresAt !== undefined && { expires_at: time(expiresAt) }),
    ...(usedAt !== undefined && { used_at: time(usedAt) }),
  };
}

function text(keys: readonly Key[]): string {
  if (keys.length === 0) return 'There are no keys.';
  const rows = keys.map(({ id, name, permissions, namespaces, expiresAt, usedAt }) => ({
    id,
    name: cleanText(name, 40),
    permissions: permissions.join(','),
    namespaces: namespaces?.join(',') ?? 'all',
    expires: time(expiresAt) ?? 'never',
    last_use: time(usedAt) ?? 'never',
  }));
  return toTable(rows);
}

import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { z } from 'zod';
import { parse } from '../../contract/parse.ts';
import { serverName } from '../../contract/server-input.ts';
import { SluiceError } from '../../domain/errors.ts';
import { register } from '../../domain/servers/actions.ts';
import { shownEntry } from '../../domain/servers/masked.ts';
import { planMigration, planUndo, type ClientFile, type Migration, type Move } from '../../domain/servers/migration.ts';
import { SCOPES, type By } from '../../domain/servers/server.ts';
import type { EntryEdit } from '../../ports/server-registry.ts';
import { touchesNothing, type Command, type CommandContext, type Confirmation } from '../../commands/command.ts';
import type { ProgramsPort } from '../../ports/programs.ts';
import { confirmField, requireConfirmation } from '../../commands/confirm.ts';
import { isKnownProgram, unknownProgram } from './known-program.ts';

const input = z.strictObject({
  scope: z.enum(SCOPES).optional().describe('Only this configuration file.'),
  only: z.array(serverName).min(1).optional().describe('Only these servers.'),
  gateway_url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Address of a running gateway; default: entries start `sluice gateway`.'),
  credential_variable: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/)
    .optional()
    .describe('With gateway_url: the environment variable of the clients that holds their credential for the gateway.'),
  elsewhere: z
    .boolean()
    .optional()
    .describe('The commands are programs of the machines of the gateways, so this machine is not asked for them.'),
  undo: z.boolean().optional().describe('Put the former entries back. Registered versions stay.'),
  dry_run: z.boolean().optional().describe('Only show the difference.'),
  confirm: confirmField,
});
type Input = z.output<typeof input>;

const output = z.strictObject({
  changed: z.boolean(),
  files: z.array(
    z.strictObject({
      scope: z.enum(SCOPES),
      file: z.string(),
      changes: z.array(
        z.strictObject({ name: z.string(), before: z.string(), after: z.string(), version: z.string().optional() }),
      ),
      skipped: z.array(z.strictObject({ name: z.string(), reason: z.string() })),
    }),
  ),
  next: z.string().optional(),
});
type Files = z.output<typeof output>['files'];

export const mcpServerMigrate: Command<typeof input, typeof output> = {
  name: 'mcp_server_migrate',
  title: 'Put MCP servers behind the gateway',
  description:
    'Takes the servers in the files of MCP clients in as blue versions, and lets the entries start the gateway. dry_run shows the difference; undo puts the former entries back. Needs confirm.',
  kind: 'destructive',
  idempotent: true,
  toolset: 'mcp-server',
  positional: [],
  input,
  output,
  examples: [{ title: 'Show what would change', input: { dry_run: true } }],
  check: (raw) => checked(parse(input, raw ?? {})),
  touches: touchesNothing,
  confirmation: async (context, given) => toConfirm(given, await planned(context, given)),
  async run(context, given) {
    const plans = await planned(context, given);
    const files = plans.map(toFile);
    const needed = toConfirm(given, plans);
    const next = files.some(({ changes }) => changes.length > 0) ? await toDo(context, given, plans) : {};
    if (needed === undefined) return { changed: false, files, ...next };
    requireConfirmation(needed, given.confirm);
    const by: By = { at: context.ports.now(), who: context.caller.id, why: 'migration' };
    for (const { file, moves } of plans)
      if (moves.length > 0)
        await context.servers.editClientFile(
          file,
          moves.map((move) => toEdit(move, given.undo === true, by)),
        );
    return { changed: true, files, ...next };
  },
  text: ({ changed, files, next }) =>
    [changed ? 'changed:' : 'nothing changed:', difference(files), next ?? []].flat().join('\n'),
};

/** Errors: INVALID_INPUT. */
function checked(given: Input): Input {
  const { credential_variable: variable, gateway_url: url, undo } = given;
  if (variable === undefined || (url !== undefined && !undo)) return given;
  throw new SluiceError('INVALID_INPUT', 'credential_variable is for entries with the address of a gateway.', {
    next: undo ? 'Leave credential_variable out: undo puts the former entries back.' : 'Give gateway_url too.',
  });
}

interface Plan extends Migration {
  readonly file: ClientFile;
}

/** Errors: SERVER_NOT_FOUND for a wanted name that no file has. */
async function planned(
  { servers, programs }: CommandContext,
  { scope, only, elsewhere, gateway_url: url, credential_variable: variable, undo }: Input,
): Promise<readonly Plan[]> {
  const registered = (await servers.list()).map(({ name }) => name);
  const files = (await servers.clientFiles()).filter((file) => scope === undefined || file.scope === scope);
  const missing = only?.find((name) => !files.some(({ entries }) => Object.hasOwn(entries, name)));
  if (missing !== undefined) throw new SluiceError('SERVER_NOT_FOUND', `No file of an MCP client has ${missing}.`);
  const wanted = ({ name }: { readonly name: string }): boolean => only?.includes(name) ?? true;
  const plans = files.map((file) => {
    const { moves, skipped } = undo
      ? planUndo(file)
      : planMigration(file, registered, url === undefined ? undefined : { url, variable });
    return { file, moves: moves.filter(wanted), skipped: skipped.filter(wanted) };
  });
  return elsewhere === true ? plans : Promise.all(plans.map((plan) => startable(programs, plan)));
}

/** Without the moves of servers whose command is no program of this machine. */
async function startable(programs: ProgramsPort, { file, moves, skipped }: Plan): Promise<Plan> {
  const known = await Promise.all(
    moves.map(async ({ takenIn }) => {
      if (takenIn?.upstream.transport !== 'stdio') return true;
      return isKnownProgram(programs, takenIn.upstream.command, takenIn.upstream.env);
    }),
  );
  const left = moves
    .filter((_, index) => !known[index])
    .map(({ name, takenIn }) => ({ name, reason: absent(takenIn) }));
  return { file, moves: moves.filter((_, index) => known[index]), skipped: [...skipped, ...left] };
}

function absent(takenIn: Move['takenIn']): string {
  const command = takenIn && 'command' in takenIn.upstream ? takenIn.upstream.command : '';
  const found = unknownProgram(command).replace(/\.$/, '');
  return `${found.charAt(0).toLowerCase()}${found.slice(1)}; if the machine of the gateway has it, set elsewhere`;
}

/** What has to be so that the new entries work. */
async function toDo({ programs }: CommandContext, given: Input, plans: readonly Plan[]): Promise<{ next?: string }> {
  if (given.gateway_url !== undefined || given.undo) return toSend(given);
  const folders = new Set(
    plans
      .filter(({ file: { scope }, moves }) => scope !== 'global' && moves.length > 0)
      .map(({ file }) => dirname(file.file)),
  );
  const lines = [
    ...[...folders].map(
      (folder) =>
        `Start the clients of the project in ${folder}: the new entries find their servers by the folder in which they start. A client that starts them elsewhere needs SLUICE_MCP_PROJECT=${folder} in the env of each entry.`,
    ),
    ...((await programs.exists('sluice'))
      ? []
      : [
          'There is no program sluice on PATH, and the new entries start it by this name. `npm link` in the folder of Sluice makes it.',
        ]),
  ];
  return lines.length === 0 ? {} : { next: lines.join(' ') };
}

/** Undefined if there is nothing to do. The value stands for exactly this difference. */
function toConfirm({ dry_run }: Input, plans: readonly Plan[]): Confirmation | undefined {
  if (dry_run || plans.every(({ moves }) => moves.length === 0)) return undefined;
  const all = plans.map(({ file: { file, text }, moves }) => [file, text, moves.map(({ name, to }) => [name, to])]);
  const digest = createHash('sha256').update(JSON.stringify(all)).digest('hex').slice(0, 12);
  return { value: `migrate-${digest}`, question: `${difference(plans.map(toFile))}\nChange these files?` };
}

/** The former entry may have had headers. They are now those of the version, and the gateway asks for its own. */
function toSend({ gateway_url: url, credential_variable: variable, undo }: Input): { readonly next?: string } {
  if (url === undefined || undo) return {};
  const credential = "a key of `sluice key create`, or the token of `sluice token` on the gateway's machine";
  const open = `Unless the gateway at ${url} has SLUICE_LOCAL_ACCESS=open,`;
  return {
    next: (variable === undefined
      ? [
          `The new entries hold no credential. ${open} each client has to send the header Authorization: Bearer <token>,`,
          `with ${credential}. The field credential_variable (--credential-variable) writes a reference to a variable.`,
        ]
      : [
          `The new entries refer to the variable ${variable}, which a client that knows \${NAME} in its file puts in.`,
          `${open} set ${variable} where the client starts: ${credential}.`,
        ]
    ).join(' '),
  };
}

function toEdit({ name, from, to, takenIn }: Move, undo: boolean, by: By): EntryEdit {
  return {
    name,
    entry: to,
    original: undo ? undefined : from,
    ...(takenIn ? { change: (server) => register(server, { ...takenIn, blue: true }, by) } : {}),
  };
}

function toFile({ file: { scope, file }, moves, skipped }: Plan): Files[number] {
  const changes = moves.map(({ name, from, to, takenIn }) => ({
    name,
    before: shownEntry(from),
    after: shownEntry(to),
    ...(takenIn ? { version: takenIn.version } : {}),
  }));
  return { scope, file, changes, skipped: [...skipped] };
}

function difference(files: Files): string {
  const lines = files.flatMap(({ file, changes, skipped }) => [
    file,
    ...changes.flatMap(({ name, before, after, version }) => [
      `  ${name}${version === undefined ? '' : `: ${version} becomes blue`}`,
      `  - ${before}`,
      `  + ${after}`,
    ]),
    ...skipped.map(({ name, reason }) => `  ${name} stays as it is: ${reason}`),
    ...(changes.length + skipped.length === 0 ? ['  nothing to change'] : []),
  ]);
  return lines.length > 0 ? lines.join('\n') : 'There is no file of an MCP client.';
}

import { z } from 'zod';
import { parse } from '../../contract/parse.ts';
import { serverName, versionLabel } from '../../contract/server-input.ts';
import { reason } from '../../contract/target.ts';
import { versionOf } from '../../domain/servers/actions.ts';
import { graceWords } from '../../domain/servers/contract/grace-words.ts';
import { CHANGE_CLASSES, compareContracts } from '../../domain/servers/contract/compare.ts';
import { changeLines } from '../../domain/servers/contract/change-lines.ts';
import { ITEM_KINDS, type ContractLock } from '../../domain/servers/contract/lock.ts';
import { blueOf, type RegisteredServer } from '../../domain/servers/server.ts';
import { plural } from '../../domain/plural.ts';
import { cleanText } from '../../domain/safe-text.ts';
import { touchesNothing, type Command, type CommandContext } from '../../commands/command.ts';
import { foundServer } from './found-server.ts';

const MOST_CHANGES = 200;
const CHANGED_KINDS = ['server', ...ITEM_KINDS] as const;

const input = z.strictObject({
  name: serverName,
  version: versionLabel,
  against: versionLabel.optional().describe('The version to compare with; default blue.'),
  reason: reason.optional(),
});
const output = z.strictObject({
  name: z.string(),
  version: z.string(),
  against: z.string().optional(),
  verdict: z.enum(['unchanged', 'compatible', 'security', 'breaking', 'nothing to compare']),
  accepted: z.boolean().describe('Callers may move to it: nothing breaks them, or a reason was given.'),
  accepted_by: z.string().optional().describe('Who gave the reason.'),
  reason: z.string().optional(),
  grace: z.string().optional().describe('How long clients may still call what only the other version has.'),
  file: z.string(),
  hash: z.string(),
  eras: z.array(z.string()),
  items: z.number(),
  changes: z.array(
    z.strictObject({ class: z.enum(CHANGE_CLASSES), kind: z.enum(CHANGED_KINDS), name: z.string(), what: z.string() }),
  ),
  left_out: z.int().describe('Changes beyond the first 200. The worst come first.'),
});
type Output = z.output<typeof output>;

const UNCOMPARED =
  'It was not compared, because no other version is blue. The field `against` names a version to compare with.';

export const mcpServerLock: Command<typeof input, typeof output> = {
  name: 'mcp_server_lock',
  title: 'Lock and compare the contract of a version',
  description:
    'Starts a version, writes what it offers (tools, prompts, resources, capabilities, protocol eras) to its lock file, and compares it with the lock of blue. Breaking and security changes are an error unless a reason is given.',
  kind: 'write',
  idempotent: true,
  toolset: 'mcp-server',
  positional: ['name', 'version'],
  input,
  output,
  examples: [{ title: 'Compare 2.0.0 with blue', input: { name: 'demo', version: '2.0.0' } }],
  check: (raw) => parse(input, raw),
  touches: touchesNothing,
  async run(context, { name, version, against, reason: why }) {
    const server = await foundServer(context, name);
    const lock = await read(context, server, version);
    const file = await context.contracts.save(lock);
    const blue = blueOf(server)?.version;
    const other = against ?? (blue === version ? undefined : blue);
    const former = other === undefined ? undefined : await kept(context, server, other);
    const changes = former ? compareContracts(former, lock) : [];
    const verdict = former ? verdictOf(changes) : 'nothing to compare';
    const serious = verdict === 'breaking' || verdict === 'security';
    const graceMs = versionOf(server, version).graceMs;
    return {
      name,
      version,
      ...(other === undefined ? {} : { against: other }),
      verdict,
      accepted: why !== undefined || !serious,
      ...(serious && why !== undefined ? { accepted_by: context.caller.id, reason: why } : {}),
      ...(serious && other !== undefined ? { grace: graceWords(other, graceMs, `after ${version} becomes blue`) } : {}),
      file,
      hash: lock.hash,
      eras: [...lock.eras],
      items: lock.items.length,
      left_out: Math.max(0, changes.length - MOST_CHANGES),
      changes: changes.slice(0, MOST_CHANGES).map((change) => ({
        ...change,
        name: cleanText(change.name, 200),
        what: cleanText(change.what, 300),
      })),
    };
  },
  problem: ({ accepted }) => (accepted ? undefined : 'SERVER_CONTRACT_CHANGED'),
  text: ({
    name,
    version,
    against,
    verdict,
    accepted,
    accepted_by: who,
    reason: why,
    grace,
    items,
    eras,
    file,
    changes,
    left_out,
  }) =>
    [
      `${name} ${version}: ${plural(items, 'item')} in its contract (tools, prompts, resources), protocol of ${eras.join(' and ')}, ${file}`,
      against === undefined ? UNCOMPARED : `against ${against}: ${verdict}${acceptance(accepted, who, why)}`,
      ...changeLines(changes).map((line) => `  ${line}`),
      ...(grace === undefined ? [] : [`${grace}.`]),
      ...(left_out > 0 ? [`  and ${left_out} more changes, which are not worse`] : []),
    ].join('\n'),
};

function acceptance(accepted: boolean, who: string | undefined, why: string | undefined): string {
  if (!accepted) return ', not accepted';
  return who === undefined ? '' : `, accepted by ${who} (${cleanText(why ?? '', 200)})`;
}

function read({ contracts }: CommandContext, server: RegisteredServer, version: string): Promise<ContractLock> {
  return contracts.read({ server: server.name, version }, versionOf(server, version));
}

/** The lock of a version. A version without one is read now. */
async function kept(context: CommandContext, server: RegisteredServer, version: string): Promise<ContractLock> {
  const found = await context.contracts.find({ server: server.name, version });
  if (found) return found;
  const lock = await read(context, server, version);
  await context.contracts.save(lock);
  return lock;
}

/** The worst class of the changes. */
function verdictOf(changes: readonly { readonly class: (typeof CHANGE_CLASSES)[number] }[]): Output['verdict'] {
  return changes[0]?.class ?? 'unchanged';
}

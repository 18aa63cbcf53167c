import { z } from 'zod';
import { TOOLSETS } from '../../src/toolsets/index.ts';
import type { Command, Kind } from '../../src/commands/command.ts';
import { fieldsOf } from '../../src/contract/fields.ts';
import { subjectOf } from '../../src/cli/subject.ts';
import { groupOf } from '../../src/cli/group.ts';
import { wordOf } from '../../src/cli/terminal-words.ts';
import type { Toolset } from '../../src/commands/toolset.ts';
import { code, heading, table } from './markdown.ts';

const KINDS: Readonly<Record<Kind, string>> = {
  read: 'reads',
  write: 'writes; absent unless `MCP_ALLOW_WRITE=true`',
  destructive: 'may do what cannot be taken back; absent unless `MCP_ALLOW_WRITE=true`',
};

/** Every command of the catalogue, by toolset, as an MCP tool. */
export function toolsPage(): string {
  const text =
    'Each is an MCP tool, a route of the REST API (`POST /engine/v1/tools/<name>`) and a command of the CLI. Answers hold a short text and the same as structured content. ' +
    'A write answers with `changed`, `effective` (`proved`: read back everywhere; `pending`: accepted, not yet seen everywhere; `refused`: nothing was written), `reason`, `before` and `after`. ' +
    '`sluice tools` prints what each takes in the list that an agent reads. Errors: [errors.md](errors.md).';
  return `${heading('Tools', 'src/toolsets/index.ts', text)}\n${TOOLSETS.map(chapter).join('\n')}`;
}

function chapter({ name, about, commands }: Toolset): string {
  const rows = commands.map((command) => [`[${command.name}](#${command.name})`, command.kind, command.title]);
  return `## Toolset ${name}\n\n${about}.\n\n${table(['Tool', 'Kind', 'Purpose'], rows)}${commands.map(section).join('')}`;
}

function section(command: Command): string {
  return [
    `\n### ${command.name}\n`,
    `${command.title}: ${KINDS[command.kind]}.${confirmation(command)}\n`,
    `${command.description}\n`,
    `On the command line: \`${commandLine(command)}\`.\n`,
    inputTable(command),
    `Answers: ${Object.keys(command.output.shape).map(code).join(', ')}.\n`,
    ...command.examples.map(
      ({ title, input }) => `${title}:\n\n\`\`\`json\n${JSON.stringify(input, null, 2)}\n\`\`\`\n`,
    ),
  ].join('\n');
}

/** Whether a confirmation is needed: when the input asks for a destructive action. */
function confirmation(command: Command): string {
  if (!command.confirmation) return '';
  return ` Where it destroys it wants to be confirmed: the client’s user is asked where that can be, otherwise \`confirm\` names ${Object.hasOwn(command.input.shape, 'release_id') ? 'the release id' : '`<namespace>/<name>`'}.`;
}

function commandLine(command: Command): string {
  const subject = subjectOf(command);
  const fields = (command.positional ?? []).map((name) =>
    (command.input.shape[name] as z.ZodType).isOptional() ? `[${name}]` : `<${name}>`,
  );
  const words = [...(subject ? [`<${subject.argument}>`] : []), ...fields];
  return ['sluice', groupOf(command.toolset), wordOf(command), ...words, '[flags]'].join(' ');
}

/** The parts of a JSON schema that the table shows. */
interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
}

function inputTable(command: Command): string {
  const schema = z.toJSONSchema(command.input, { io: 'input' }) as Schema;
  const rows = fieldsOf(command.input).map(({ path, type, description }) => {
    const { found, required } = lookUp(schema, path);
    return [
      code(path.join('.')),
      found.enum?.map((value) => code(String(value))).join(', ') ?? type,
      required ? 'yes' : '',
      description,
    ];
  });
  return rows.length === 0 ? 'No input.\n' : table(['Input', 'Type', 'Required', 'Meaning'], rows);
}

interface Found {
  readonly found: Schema;
  readonly required: boolean;
}

/** Looks up a field. It counts as required when it and all enclosing objects are. */
function lookUp(schema: Schema, path: readonly string[]): Found {
  const step = ({ found, required }: Found, name: string): Found => ({
    found: found.properties?.[name] ?? {},
    required: required && (found.required?.includes(name) ?? false),
  });
  return path.reduce<Found>(step, { found: schema, required: true });
}

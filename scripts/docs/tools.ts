import { z } from 'zod';
import { CATALOGUE } from '../../src/commands/catalogue.ts';
import type { Command, Kind } from '../../src/commands/command.ts';
import { fieldsOf } from '../../src/contract/fields.ts';
import { code, heading, table } from './markdown.ts';

const KINDS: Readonly<Record<Kind, string>> = {
  read: 'reads',
  write: 'writes; absent unless `MCP_ALLOW_WRITE=true`',
  destructive: 'writes what cannot be taken back, and wants it confirmed; absent unless `MCP_ALLOW_WRITE=true`',
};

/** Every command of the catalogue, as the MCP tool that it is. */
export function toolsPage(): string {
  const overview = table(['Tool', 'Kind', 'Purpose'], CATALOGUE.map((command) => [`[${command.name}](#${command.name})`, command.kind, command.title]));
  return (
    heading('Tools', 'src/commands/catalogue.ts', 'Each is an MCP tool and, as `sluice release <verb>`, a command of the CLI. Answers hold a short text and the same as structured content. Errors: [errors.md](errors.md).') +
    `\n${overview}${CATALOGUE.map(section).join('')}`
  );
}

function section(command: Command): string {
  return [
    `\n## ${command.name}\n`,
    `${command.title}: ${KINDS[command.kind]}.\n`,
    `${command.description}\n`,
    inputTable(command),
    `Answers: ${Object.keys(command.output.shape).map(code).join(', ')}.\n`,
    ...command.examples.map(({ title, input }) => `${title}:\n\n\`\`\`json\n${JSON.stringify(input, null, 2)}\n\`\`\`\n`),
  ].join('\n');
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
    return [code(path.join('.')), found.enum?.map((value) => code(String(value))).join(', ') ?? type, required ? 'yes' : '', description];
  });
  return rows.length === 0 ? 'No input.\n' : table(['Input', 'Type', 'Required', 'Meaning'], rows);
}

interface Found {
  readonly found: Schema;
  readonly required: boolean;
}

/** A field counts as required when it and everything around it is. */
function lookUp(schema: Schema, path: readonly string[]): Found {
  const step = ({ found, required }: Found, name: string): Found => ({
    found: found.properties?.[name] ?? {},
    required: required && (found.required?.includes(name) ?? false),
  });
  return path.reduce<Found>(step, { found: schema, required: true });
}

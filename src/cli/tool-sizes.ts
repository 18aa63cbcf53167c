import type { Command, Kind } from '../commands/command.ts';
import type { CliDeps } from './deps.ts';
import { toTable } from './table.ts';

/** The lists that are not of one toolset: that of a client that names none, and that of one that names all. */
const DEFAULT = 'default';
const ALL = 'all';

/** The size of the tools in the list that an agent reads, as bytes of JSON in UTF-8. */
export interface Sizes {
  readonly tools: readonly {
    readonly name: string;
    readonly toolset: string;
    readonly kind: Kind;
    readonly title: string;
    readonly bytes: number;
  }[];
  /** `read_only`: the list of a server with its default, MCP_ALLOW_WRITE=false. */
  readonly lists: readonly {
    readonly list: string;
    readonly tools: number;
    readonly bytes: number;
    readonly read_only_tools: number;
    readonly read_only_bytes: number;
  }[];
}

/**
 * Every tool, the list of each toolset, and the list that an agent gets that asks for none. `onRequest`: the toolsets
 * that are not in it.
 */
export async function sizesOf(
  commands: readonly Command[],
  listed: CliDeps['listed'],
  onRequest: readonly string[],
): Promise<Sizes> {
  const tools = await Promise.all(
    commands.map(async (command) => {
      const { name, toolset, kind, title } = command;
      return { name, toolset, kind, title, bytes: await bytesOf(command, listed) };
    }),
  );
  const sets = [...new Set(commands.map(({ toolset }) => toolset))];
  const lists = await Promise.all(
    [...sets, DEFAULT, ALL].map((list) =>
      listSize(
        commands.filter(({ toolset }) => isIn(list, toolset, onRequest)),
        list,
        listed,
      ),
    ),
  );
  return { tools, lists: sets.length > 1 ? lists : lists.slice(0, 1) };
}

function isIn(list: string, toolset: string, onRequest: readonly string[]): boolean {
  return list === ALL || (list === DEFAULT ? !onRequest.includes(toolset) : toolset === list);
}

async function listSize(
  commands: readonly Command[],
  list: string,
  listed: CliDeps['listed'],
): Promise<Sizes['lists'][number]> {
  const reading = commands.filter(({ kind }) => kind === 'read');
  return {
    list,
    tools: commands.length,
    bytes: jsonBytes(await listed(commands)),
    read_only_tools: reading.length,
    read_only_bytes: jsonBytes(await listed(reading)),
  };
}

export function sizesText({ tools, lists }: Sizes): string {
  return [
    toTable(tools),
    '',
    'Bytes of the list that an agent reads; read_only: what a server with MCP_ALLOW_WRITE=false sends, the default:',
    ...(lists.some(({ list }) => list === DEFAULT)
      ? [`A client that names no toolsets gets the list ${DEFAULT}, and tools_search.`]
      : []),
    toTable(lists),
  ].join('\n');
}

/** The size of one tool. */
export async function bytesOf(command: Command, listed: CliDeps['listed']): Promise<number> {
  return jsonBytes((await listed([command]))[0]);
}

function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

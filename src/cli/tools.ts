import { Option, type Command as Cli } from 'commander';
import { CATALOGUE, TOOLSET_NAMES, TOOLSETS } from '../toolsets/index.ts';
import type { Command } from '../commands/command.ts';
import { suggestCommand } from '../commands/suggest.ts';
import { parse } from '../contract/parse.ts';
import { SluiceError } from '../domain/errors.ts';
import { cleanText } from '../domain/safe-text.ts';
import { z } from 'zod';
import { complete } from './completion/sources.ts';
import type { CliDeps } from './deps.ts';
import { print, settingsOf } from './global.ts';
import { readInputFile } from './input-file.ts';
import { runCommand } from './run-command.ts';
import { describeTool, toolText } from './tool-page.ts';
import { bytesOf, sizesOf, sizesText } from './tool-sizes.ts';

/** The value of `--toolsets` that stands for every toolset. */
const ALL = 'all';

/** `sluice tools`: lists the tools, shows their size in an agent's context, and calls any of them with a JSON input. */
export function addTools(program: Cli, deps: CliDeps): void {
  const tools = program
    .command('tools')
    .summary('List the tools, show one, or call one')
    .description(
      'List the tools with their sizes in the list that an agent reads, or show one with its schemas and examples',
    )
    .argument('[name]', 'show this tool')
    .option('--toolset, --toolsets <a,b,…>', `only these, of ${TOOLSET_NAMES.join(', ')}; or all`, ALL)
    .action((name: string | undefined, { toolsets }: { toolsets: string }, cli: Cli) =>
      name === undefined ? list(deps, cli, toolsets) : show(deps, cli, findTool(name)),
    );
  complete.argument(tools, 'tool');
  complete.option(tools, 'toolsets', [...TOOLSET_NAMES, ALL]);
  addCall(tools, deps);
}

function addCall(tools: Cli, deps: CliDeps): void {
  const call = tools
    .command('call')
    .description('Call a tool with the input that MCP and REST take')
    .argument('<name>', 'name of the tool')
    .addOption(new Option('--input <json>', 'the input').conflicts('file'))
    .option('-f, --file <path>', 'file with the input, YAML or JSON; - is stdin')
    .option('-y, --yes', 'do not ask for confirmation')
    .action(async (name: string, options: { input?: string; file?: string; yes?: boolean }, cli: Cli) => {
      const command = findTool(name);
      const raw = options.file === undefined ? fromJson(options.input ?? '{}') : await readInputFile(options.file);
      const { settings, format } = settingsOf(deps, cli);
      await runCommand(deps, settings, { command, raw, format, yes: options.yes === true });
    });
  complete.argument(call, 'tool');
}

/** Errors: UNKNOWN_NAME with the nearest name. */
export function findTool(name: string): Command {
  const command = CATALOGUE.find((known) => known.name === name);
  if (command) return command;
  const near = suggestCommand(name, CATALOGUE)?.name;
  throw new SluiceError(
    'UNKNOWN_NAME',
    `There is no tool ${cleanText(name, 80)}${near ? `; did you mean ${near}?` : '.'}`,
    { next: 'Call `sluice tools` for the list.' },
  );
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SluiceError(
      'INVALID_INPUT',
      `--input is not JSON: ${error instanceof Error ? error.message : String(error)}`,
      { next: 'Quote it for the shell, or give a file with -f.' },
    );
  }
}

async function list(deps: CliDeps, cli: Cli, toolsets: string): Promise<void> {
  const wanted =
    toolsets === ALL
      ? TOOLSET_NAMES
      : parse(z.strictObject({ toolsets: z.array(z.enum(TOOLSET_NAMES)) }), { toolsets: toolsets.split(',') }).toolsets;
  const sizes = await sizesOf(
    CATALOGUE.filter((command) => wanted.includes(command.toolset)),
    deps.listed,
    TOOLSETS.filter(({ onRequest }) => onRequest).map(({ name }) => name),
  );
  await print(deps, cli, sizes, () => sizesText(sizes));
}

async function show(deps: CliDeps, cli: Cli, command: Command): Promise<void> {
  const page = describeTool(command, await bytesOf(command, deps.listed));
  await print(deps, cli, page, () => toolText(page, command));
}

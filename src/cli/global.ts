import { InvalidArgumentError, Option, type Command as Cli } from 'commander';
import type { LoadedSettings } from '../config/load.ts';
import type { Settings } from '../config/schema.ts';
import { requireGrantable } from '../toolsets/index.ts';
import type { CliDeps } from './deps.ts';
import { FORMATS, render, type Format } from './format.ts';
import { givenSettings } from './setting-flags.ts';

/** Options of every command. */
export function addGlobals(program: Cli): void {
  program
    .addOption(new Option('-o, --output <format>', 'form of the answer').choices(FORMATS).default('text'))
    .option('--settings <path>', 'settings file; default: settings.yaml in SLUICE_HOME')
    .option('--set <NAME=value>', 'a setting, as in MCP_PORT=8765; may be repeated', collect, {});
}

function collect(text: string, before: Record<string, string>): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It must look like NAME=value.');
  return { ...before, [text.slice(0, at).trim()]: text.slice(at + 1) };
}

/** Settings and format of a command. Throws CONFIG_INVALID. */
export function settingsOf(deps: CliDeps, cli: Cli): { settings: Settings; loaded: LoadedSettings; format: Format } {
  const {
    set,
    settings: file,
    output,
  } = cli.optsWithGlobals<{ set: Record<string, string>; settings?: string; output: Format }>();
  const loaded = deps.load({ set: { ...set, ...givenSettings(cli) }, ...(file === undefined ? {} : { file }) });
  requireGrantable(loaded.settings.access);
  return { settings: loaded.settings, loaded, format: output };
}

/** Prints an answer in the form that the command line requests. */
export async function print({ io }: CliDeps, cli: Cli, value: object, text: () => string): Promise<void> {
  io.out(await render(cli.optsWithGlobals<{ output: Format }>().output, value, text));
}

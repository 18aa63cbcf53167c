import type { Command as Cli } from 'commander';
import type { LoadedSettings } from '../config/load.ts';
import type { Settings } from '../config/schema.ts';
import { requireGrantable } from '../toolsets/index.ts';
import type { CliDeps } from './deps.ts';
import { render, type Format } from './format.ts';
import { loadedFor } from './root.ts';

/** Settings and format of a command. Throws CONFIG_INVALID. */
export function settingsOf(deps: CliDeps, cli: Cli): { settings: Settings; loaded: LoadedSettings; format: Format } {
  const loaded = loadedFor(deps, cli);
  requireGrantable(loaded.settings.access);
  return { settings: loaded.settings, loaded, format: cli.optsWithGlobals<{ output: Format }>().output };
}

/** Prints an answer in the form that the command line requests. */
export async function print({ io }: CliDeps, cli: Cli, value: object, text: () => string): Promise<void> {
  io.out(await render(cli.optsWithGlobals<{ output: Format }>().output, value, text));
}

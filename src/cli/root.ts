import { Command as Cli, InvalidArgumentError, Option } from 'commander';
import type { LoadedSettings } from '../config/load.ts';
import type { CliDeps } from './deps.ts';
import { FORMATS } from './format.ts';
import { givenSettings } from './setting-flags.ts';

/** The command line without its commands: the options of every command. */
export function createRoot(deps: CliDeps): Cli {
  return new Cli('sluice')
    .description('Releases software gradually and lets nothing slip through')
    .addHelpText('after', '\n`sluice --version` prints the version.')
    .configureOutput({
      // `failures.ts` prints every error of a command line in the form of all other errors.
      outputError: () => undefined,
      writeOut: (text) => deps.io.out(text.trimEnd()),
      writeErr: (text) => deps.io.err(text.trimEnd()),
    })
    .exitOverride()
    .addOption(new Option('-o, --output <format>', 'form of the answer').choices(FORMATS).default('text'))
    .option('--settings <path>', 'settings file; default: settings.yaml in SLUICE_HOME')
    .option('--set <NAME=value>', 'a setting, as in MCP_PORT=8765; may be repeated', collect, {});
}

function collect(text: string, before: Record<string, string>): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It must look like NAME=value.');
  return { ...before, [text.slice(0, at).trim()]: text.slice(at + 1) };
}

/** The settings of a command. Its rules of access may still name unknown tools. Throws CONFIG_INVALID. */
export function loadedFor(deps: CliDeps, cli: Cli): LoadedSettings {
  const { set, settings: file } = cli.optsWithGlobals<{ set: Record<string, string>; settings?: string }>();
  return deps.load({ set: { ...set, ...givenSettings(cli) }, ...(file === undefined ? {} : { file }) });
}

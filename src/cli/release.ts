import { Argument, type Command as Cli } from 'commander';
import { RELEASE_COMMANDS } from '../commands/release/index.ts';
import type { Command } from '../commands/command.ts';
import type { CliDeps, Format } from './deps.ts';
import { addFlags, inputOf, takesRelease } from './flags.ts';
import { settingsOf } from './global.ts';
import { readReleaseFile } from './release-file.ts';
import { releaseRef } from './release-ref.ts';
import { runCommand } from './run-command.ts';
import { runWatch } from './watch.ts';

const RELEASE = 'release id, or <namespace>/<rollout> in the current cluster';

/** `sluice release …`: every command of the catalogue, and watch. */
export function addRelease(program: Cli, deps: CliDeps): void {
  const group = program.command('release').description('Plan, start, follow and steer releases');
  for (const command of RELEASE_COMMANDS) addCommand(group, deps, command);
  group
    .command('watch')
    .description('Show a release live until it ends. Exit code 0 only if it succeeded.')
    .argument('<release>', RELEASE)
    .option('--cluster <text>', 'Kubeconfig context; default: the current one.')
    .action(async (ref: string, options: { cluster?: string }, cli: Cli) => {
      process.exitCode = await runWatch(deps, settingsOf(deps, cli).settings, releaseRef(ref, options.cluster));
    });
}

function addCommand(group: Cli, deps: CliDeps, command: Command): void {
  const cli = group.command(command.name.replace(/^release_/, '').replaceAll('_', '-')).summary(command.title).description(command.description);
  const about = takesRelease(command);
  if (about) cli.addArgument(new Argument('<release>', RELEASE));
  if (takesFile(command)) cli.option('-f, --file <path>', 'release file, YAML or JSON; - is stdin. Flags override it.');
  addFlags(cli, command);
  if (command.kind === 'destructive') cli.option('-y, --yes', 'do not ask for confirmation');
  cli.action(async (...args: unknown[]) => {
    const options = cli.opts<Record<string, unknown>>();
    const base = about ? releaseRef(String(args[0]), options['cluster'] as string | undefined) : await fileOf(options['file']);
    const raw = inputOf(command, about ? { ...options, cluster: undefined } : options, base);
    const { settings, format } = settingsOf(deps, cli);
    await runCommand(deps, settings, { command, raw, format: format satisfies Format, yes: options['yes'] === true });
  });
}

function takesFile(command: Command): boolean {
  return Object.hasOwn(command.input.shape, 'image');
}

async function fileOf(file: unknown): Promise<unknown> {
  return typeof file === 'string' ? readReleaseFile(file) : {};
}

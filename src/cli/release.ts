import type { Command as Cli } from 'commander';
import type { Output } from '../commands/execute.ts';
import { exitOfRelease, RELEASE_EXITS, SIGNAL_EXITS } from '../domain/release/exit-code.ts';
import type { ReleaseState } from '../domain/release/state.ts';
import { releaseStart } from '../toolsets/release/release-start.ts';
import { releaseWait } from '../toolsets/release/release-wait.ts';
import { complete } from './completion/sources.ts';
import type { CliDeps } from './deps.ts';
import { settingsOf } from './global.ts';
import { releaseRef } from './release-ref.ts';
import { addReportFiles } from './report.ts';
import { wordOf } from './terminal-words.ts';
import { timeoutOption } from './timeout-option.ts';
import type { AfterCommand } from './tool-command.ts';
import { runWatch } from './watch.ts';
import { untilStarted } from './watch-queue.ts';

const EXIT_HELP = `
Exit codes:
${Object.values(RELEASE_EXITS)
  .map(({ exit, meaning }) => `  ${String(exit).padEnd(5)}${meaning}`)
  .join('\n')}
  ${SIGNAL_EXITS.SIGINT}, ${SIGNAL_EXITS.SIGTERM}  The command was interrupted by SIGINT or SIGTERM. The release goes on.`;

const SUMMARY = [
  '--summary <file>',
  'Append the report in Markdown to this file when following ends, as CI services show it.',
] as const;

interface Following {
  readonly cluster?: string;
  readonly timeout?: number;
  readonly wait?: boolean;
  readonly summary?: string;
}

/**
 * The action after the answer of a command, by its name. `start --wait` follows the release. `wait` ends with the exit
 * code of its state.
 */
export function afterReleaseCommands(deps: CliDeps): Readonly<Record<string, AfterCommand>> {
  return {
    [releaseStart.name]: {
      follows: waits,
      run: (started, cli) => (waits(cli) ? followStarted(deps, cli, started) : undefined),
    },
    [releaseWait.name]: { run: exitByState },
  };
}

const waits = (cli: Cli): boolean => cli.opts<Following>().wait === true;

/** Commands that only a terminal has: `watch`, and the report as a file. */
export function addReleasePages(program: Cli, deps: CliDeps): void {
  const group = program.commands.find((command) => command.name() === releaseStart.toolset) ?? program;
  addReportFiles(group, deps);
  group.commands
    .find((command) => command.name() === wordOf(releaseStart))
    ?.option('--wait', 'Follow the release until it ends, as `release watch` does, with its exit codes.')
    .addOption(timeoutOption('The release goes on.'))
    .option(...SUMMARY);
  nameAsOthersDo(group);
  const watch = group
    .command('watch')
    .description('Show a release live until it ends. Exit code 0 only if it succeeded.')
    .argument('<release>', 'release id, or <namespace>/<rollout> in the current cluster')
    .option('--cluster <text>', 'Kubeconfig context; default: the current one.')
    .addOption(timeoutOption('The release goes on.'))
    .option(...SUMMARY)
    .addHelpText('after', EXIT_HELP)
    .action((ref: string, { cluster }: Following, cli: Cli) => follow(deps, cli, releaseRef(ref, cluster)));
  complete.argument(watch, 'release');
}

/** A release that waits is followed from its turn on. The time that it waits counts. */
async function followStarted(deps: CliDeps, cli: Cli, started: Output): Promise<void> {
  const { release_id, request_id, queued } = started;
  if (queued === undefined) return follow(deps, cli, { release_id }, { started: true });
  const { settings, format } = settingsOf(deps, cli);
  const { timeout: timeoutMs } = cli.opts<Following>();
  const begun = Date.now();
  const which = { release_id: String(release_id), request_id: String(request_id) };
  const turn = await untilStarted(deps, settings, which, { timeoutMs, format });
  if ('exit' in turn) process.exitCode = turn.exit;
  else await follow(deps, cli, { release_id, run_id: turn.runId }, { started: true, spentMs: Date.now() - begun });
}

/** `started`: this command has started it. `spentMs`: how much of the time is over already. */
async function follow(
  deps: CliDeps,
  cli: Cli,
  which: Record<string, unknown>,
  { started = false, spentMs = 0 }: { readonly started?: boolean; readonly spentMs?: number } = {},
): Promise<void> {
  const { settings, format } = settingsOf(deps, cli);
  const { timeout, summary } = cli.opts<Following>();
  process.exitCode = await runWatch(deps, settings, {
    which,
    format,
    started,
    ...(timeout === undefined ? {} : { timeoutMs: Math.max(1, timeout - spentMs) }),
    ...(summary === undefined ? {} : { summary }),
  });
}

/** `release wait` ends with 0 only if the release succeeded, so that a script may chain it. */
function exitByState({ state, closed_at: closed }: Output): void {
  process.exitCode ||= exitOfRelease(state as ReleaseState, closed !== undefined);
}

/** Read commands also have the names that other tools give them. An unknown name never leads from a read to a write. */
function nameAsOthersDo(group: Cli): void {
  group.commands.find((command) => command.name() === 'get')?.aliases(['status', 'show']);
  group.commands.find((command) => command.name() === 'list')?.alias('ls');
}

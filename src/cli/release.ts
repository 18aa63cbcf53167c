import type { Command as Cli } from 'commander';
import { RELEASE_COMMANDS } from '../toolsets/release/index.ts';
import { complete } from './completion/sources.ts';
import type { CliDeps } from './deps.ts';
import { settingsOf } from './global.ts';
import { releaseRef } from './release-ref.ts';
import { addReportFiles } from './report.ts';
import { addToolset } from './tool-command.ts';
import { runWatch } from './watch.ts';

/** `sluice release …`: every command of the toolset, and watch. */
export function addRelease(program: Cli, deps: CliDeps): void {
  const group = addToolset(program, deps, 'release', 'Plan, start, follow and steer releases', RELEASE_COMMANDS);
  addReportFiles(group, deps);
  const watch = group
    .command('watch')
    .description('Show a release live until it ends. Exit code 0 only if it succeeded.')
    .argument('<release>', 'release id, or <namespace>/<rollout> in the current cluster')
    .option('--cluster <text>', 'Kubeconfig context; default: the current one.')
    .action(async (ref: string, options: { cluster?: string }, cli: Cli) => {
      process.exitCode = await runWatch(deps, settingsOf(deps, cli).settings, releaseRef(ref, options.cluster));
    });
  complete.argument(watch, 'release');
}

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
    .description(
      'Show a release live until it ends. Exit code 0 only if it succeeded; docs/generated/errors.md has the others.',
    )
    .argument('<release>', 'release id, or <namespace>/<rollout> in the current cluster')
    .option('--cluster <text>', 'Kubeconfig context; default: the current one.')
    .addOption(timeoutOption())
    .action(async (ref: string, { cluster, timeout }: { cluster?: string; timeout?: number }, cli: Cli) => {
      const { settings, format } = settingsOf(deps, cli);
      process.exitCode = await runWatch(deps, settings, {
        which: releaseRef(ref, cluster),
        format,
        ...(timeout === undefined ? {} : { timeoutMs: timeout }),
      });
    });
  complete.argument(watch, 'release');
}

import type { Command as Cli } from 'commander';
import type { Command } from '../commands/command.ts';
import { SluiceError } from '../domain/errors.ts';
import { CATALOGUE } from '../toolsets/index.ts';
import type { CliDeps } from './deps.ts';
import { addFlags, inputOf, positionalInput } from './flags.ts';
import { settingsOf } from './global.ts';
import { runCommand } from './run-command.ts';

const named = (name: string): Command => CATALOGUE.find((command) => command.name === name) as Command;

/**
 * `sluice onboard <git_url> <name> <version>`: shows the plan, asks, and writes it. With `--plan` it ends after the
 * plan. It consists of delivery_plan and delivery_onboard.
 */
export function addOnboard(program: Cli, deps: CliDeps): void {
  const plan = named('delivery_plan');
  const cli = program
    .command('onboard')
    .description('Turn a Git repository into a deployment: plan it, and write it as a commit on a branch')
    .argument('<git_url>', 'address of the Git repository')
    .argument('<name>', 'name of the deployment')
    .argument('<version>', 'version, which becomes the tag of the image')
    .option('--plan', 'only show what would be written')
    .option('-y, --yes', 'write without asking');
  addFlags(cli, plan);
  cli.action(async (...args: unknown[]) => {
    const { settings, format } = settingsOf(deps, cli);
    const { plan: only, yes, ...flags } = cli.opts<Record<string, unknown>>();
    const raw = { ...(inputOf(plan, flags, {}) as object), ...positionalInput(plan, args) };
    const run = { format, yes: yes === true };
    const { digest } = await runCommand(deps, settings, { ...run, command: plan, raw, followed: only !== true });
    if (only === true) return;
    await requireYes(deps, run.yes);
    await runCommand(deps, settings, { ...run, command: named('delivery_onboard'), raw: { ...raw, digest } });
  });
}

/** Errors: CONFIRMATION_REQUIRED where there is no person to ask, CONFIRMATION_DECLINED. */
async function requireYes({ io }: CliDeps, yes: boolean): Promise<void> {
  if (yes) return;
  if (!io.interactive)
    throw new SluiceError('CONFIRMATION_REQUIRED', 'The plan was not written, because there is nobody to ask.', {
      next: 'Repeat the command with --yes to write it.',
    });
  if (!(await io.ask('Write it?'))) throw new SluiceError('CONFIRMATION_DECLINED', 'The plan was not written.');
}

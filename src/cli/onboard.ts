import type { Command as Cli } from 'commander';
import type { Command } from '../commands/command.ts';
import { SluiceError } from '../domain/errors.ts';
import { CATALOGUE } from '../toolsets/index.ts';
import type { CliDeps } from './deps.ts';
import { addFlags, inputOf, positionalInput } from './flags.ts';
import { settingsOf } from './global.ts';
import { withFlags } from './problem-flags.ts';
import { runCommand } from './run-command.ts';
import { watchDelivery } from './watch-delivery.ts';

const named = (name: string): Command => CATALOGUE.find((command) => command.name === name) as Command;

interface Options {
  readonly plan?: true;
  readonly write?: true;
  readonly yes?: true;
  readonly cluster?: string;
}

/**
 * `sluice onboard <git_url> <name> <version>`: shows the plan, asks, starts the delivery and follows it. With
 * `--plan` it ends after the plan, and with `--write` it only writes the files. It consists of delivery_plan, and of
 * delivery_start or delivery_onboard.
 */
export function addOnboard(program: Cli, deps: CliDeps): void {
  const plan = named('delivery_plan');
  const cli = program
    .command('onboard')
    .description('Turn a Git repository into a released service: plan it, then deliver it step by step')
    .argument('<git_url>', 'address of the Git repository')
    .argument('<name>', 'name of the deployment')
    .argument('<version>', 'version, which becomes the tag of the image')
    .option('--plan', 'only show what would be written')
    .option('--write', 'only write the files, as a commit on a branch')
    .option('--cluster <text>', 'Kubeconfig context to deploy to; default: the current one.')
    .option('-y, --yes', 'do it without asking');
  addFlags(cli, plan);
  cli.action(async (...args: unknown[]) => {
    const { settings, format } = settingsOf(deps, cli);
    const { plan: only, write, yes, cluster, ...flags } = cli.opts<Options & Record<string, unknown>>();
    const raw = { ...(inputOf(plan, flags, {}) as object), ...positionalInput(plan, args) };
    const run = { format, yes: yes === true };
    const planned = { ...run, command: plan, raw, followed: only !== true };
    const { digest } = await runCommand(deps, settings, planned).catch((error: unknown) => {
      throw withFlags(error, plan, flags);
    });
    if (only === true) return;
    await requireYes(deps, run.yes, write === true ? 'written' : 'delivered');
    if (write === true) {
      await runCommand(deps, settings, { ...run, command: named('delivery_onboard'), raw: { ...raw, digest } });
      return;
    }
    const place = cluster === undefined ? {} : { cluster };
    const start = { ...run, command: named('delivery_start'), raw: { ...raw, ...place, digest }, followed: true };
    const { name } = await runCommand(deps, settings, start);
    await watchDelivery(deps, settings, { name: String(name), format });
  });
}

/** Errors: CONFIRMATION_REQUIRED where there is no person to ask, CONFIRMATION_DECLINED. */
async function requireYes({ io }: CliDeps, yes: boolean, what: 'written' | 'delivered'): Promise<void> {
  if (yes) return;
  const verb = what === 'written' ? 'write' : 'deliver';
  if (!io.interactive)
    throw new SluiceError('CONFIRMATION_REQUIRED', `The plan was not ${what}, because there is nobody to ask.`, {
      next: `Repeat the command with --yes to ${verb} it.`,
    });
  const question = what === 'written' ? 'Write it?' : 'Write, build, push and deploy it?';
  if (!(await io.ask(question))) throw new SluiceError('CONFIRMATION_DECLINED', `The plan was not ${what}.`);
}

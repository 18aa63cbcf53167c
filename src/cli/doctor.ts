import type { Command as Cli } from 'commander';
import { colours as pc } from './colours.ts';
import type { Finding } from '../commands/doctor-check.ts';
import type { CliDeps } from './deps.ts';
import { print, settingsOf } from './global.ts';

const MISSING_EXIT = 9;

export function addDoctor(program: Cli, deps: CliDeps): void {
  program
    .command('doctor')
    .description('Check everything that Sluice needs; exit code 9 if something is missing')
    .option('--cluster <context>', 'kubeconfig context; default: the current one')
    .option('--namespace <name>', 'namespace of the Rollouts; default: that of the context')
    .action(async (where: { cluster?: string; namespace?: string }, cli: Cli) => {
      const { settings } = settingsOf(deps, cli);
      const reports = await deps.doctor(settings, where);
      await print(deps, cli, reports, () => reports.map(line).join('\n'));
      if (reports.some(({ state }) => state === 'missing')) process.exitCode = MISSING_EXIT;
    });
}

function line({ name, state, detail, next }: Finding): string {
  const mark = { ok: pc.green('ok     '), missing: pc.red('missing'), skipped: pc.yellow('skipped') }[state];
  return `${mark}  ${name.padEnd(24)} ${detail}${next ? `\n${' '.repeat(9)}→ ${next}` : ''}`;
}

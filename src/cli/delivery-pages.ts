import { writeFileSync } from 'node:fs';
import type { Command as Cli } from 'commander';
import { SluiceError } from '../domain/errors.ts';
import { deliveryGet } from '../toolsets/delivery/delivery-get.ts';
import { deliveryReportFile } from '../toolsets/delivery/report-file.ts';
import type { CliDeps } from './deps.ts';
import { settingsOf } from './global.ts';
import { runCommand } from './run-command.ts';
import { timeoutOption } from './timeout-option.ts';
import { watchDelivery } from './watch-delivery.ts';

/** Commands of deliveries that only a terminal has: `watch`, and `report` as a file. */
export function addDeliveryPages(program: Cli, deps: CliDeps): void {
  const group = program.commands.find((command) => command.name() === deliveryGet.toolset) ?? program;
  group
    .command('watch')
    .description('Follow a delivery until it ends or waits for a retry. Exit code 0 only if it was delivered.')
    .argument('<name>', 'name of the deployment')
    .addOption(timeoutOption('The delivery goes on.'))
    .action((name: string, { timeout }: { timeout?: number }, cli: Cli) => {
      const { settings, format } = settingsOf(deps, cli);
      return watchDelivery(deps, settings, { name, format, ...(timeout === undefined ? {} : { timeoutMs: timeout }) });
    });
  group
    .command('report')
    .description('Write the report of a delivery as one HTML page')
    .argument('<name>', 'name of the deployment')
    .argument('<file>', 'the file to write; - is stdout')
    .option('--run-id <text>', 'An earlier run.')
    .action(async (name: string, file: string, { runId }: { runId?: string }, cli: Cli) => {
      const raw = { name, ...(runId === undefined ? {} : { run_id: runId }) };
      const run = { command: deliveryReportFile, raw, format: 'text', yes: false } as const;
      await runCommand(file === '-' ? deps : writingTo(file, deps), settingsOf(deps, cli).settings, run);
    });
}

/** The same command line with its output in a file. */
function writingTo(file: string, deps: CliDeps): CliDeps {
  const out = (text: string): void => {
    try {
      writeFileSync(file, text);
    } catch (error) {
      const why = (error as { code?: string }).code ?? String(error);
      throw new SluiceError('INVALID_INPUT', `Cannot write ${file}: ${why}`, { next: 'Check the path of the file.' });
    }
    deps.io.out(`Wrote ${file}.`);
  };
  return { ...deps, io: { ...deps.io, out } };
}

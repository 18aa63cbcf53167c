import { writeFileSync } from 'node:fs';
import type { Command as Cli } from 'commander';
import { releaseReport, reportFile } from '../toolsets/release/release-report.ts';
import { SluiceError } from '../domain/errors.ts';
import type { CliDeps } from './deps.ts';
import { settingsOf } from './global.ts';
import { releaseRef } from './release-ref.ts';
import { runCommand } from './run-command.ts';
import { wordOf } from './terminal-words.ts';

/**
 * Adds file output to `sluice release report`: `--html <file>` writes the page, `--json <file>` writes everything as
 * JSON.
 */
export function addReportFiles(group: Cli, deps: CliDeps): void {
  const report = group.commands.find((command) => command.name() === wordOf(releaseReport));
  if (!report) return;
  report
    .option('--html <file>', 'Write the page to this file; - is stdout.')
    .option('--json <file>', 'Write everything as JSON to this file; - is stdout.')
    .action(async (ref: string, options: Options, cli: Cli) => {
      const { settings, format } = settingsOf(deps, cli);
      const about = {
        ...releaseRef(ref, options.cluster),
        ...(options.runId === undefined ? {} : { run_id: options.runId }),
      };
      const files = (['html', 'json'] as const).flatMap((kind) =>
        options[kind] === undefined ? [] : [{ kind, path: options[kind] }],
      );
      if (files.length === 0)
        await runCommand(deps, settings, { command: releaseReport, raw: about, format, yes: false });
      for (const { kind, path } of files)
        await runCommand(written(path, deps), settings, {
          command: reportFile,
          raw: { ...about, format: kind },
          format: 'text',
          yes: false,
        });
    });
}

interface Options {
  readonly cluster?: string;
  readonly runId?: string;
  readonly html?: string;
  readonly json?: string;
}

/** The same command line with its output in a file. */
function written(path: string, deps: CliDeps): CliDeps {
  if (path === '-') return deps;
  const out = (text: string): void => {
    write(path, text);
    deps.io.out(`Wrote ${path}.`);
  };
  return { ...deps, io: { ...deps.io, out } };
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new SluiceError(
      'INVALID_INPUT',
      `Cannot write ${path}: ${(error as { code?: string }).code ?? String(error)}`,
      { next: 'Check the path of the file.' },
    );
  }
}

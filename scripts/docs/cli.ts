import type { Command as Cli } from 'commander';
import type { CliDeps } from '../../src/cli/deps.ts';
import { createProgram } from '../../src/cli/program.ts';
import { heading } from './markdown.ts';

const WIDTH = 110;

/** The help texts of the whole command line, in its own order. */
export function cliPage(): string {
  // No command runs, so no dependencies are needed. The help does not contain the version.
  const program = createProgram({ version: '' } as unknown as CliDeps);
  return (
    heading(
      'Command line',
      'src/cli/program.ts',
      'Run it as `node bin/sluice.mjs` in the repository, or as `sluice` once the package is linked (`npm link`).',
    ) + `\n${helpOf(program, [])}`
  );
}

function helpOf(cli: Cli, parents: readonly string[]): string {
  const path = [...parents, cli.name()];
  cli.configureOutput({ getOutHelpWidth: () => WIDTH, getOutHasColors: () => false });
  return `## ${path.join(' ')}\n\n\`\`\`text\n${cli.helpInformation().trimEnd()}\n\`\`\`\n\n${cli
    .createHelp()
    .visibleCommands(cli)
    .filter((child) => child.name() !== 'help')
    .map((child) => helpOf(child, path))
    .join('')}`;
}

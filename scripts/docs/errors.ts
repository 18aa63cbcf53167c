import { ERRORS } from '../../src/domain/errors.ts';
import { RELEASE_EXITS, SIGNAL_EXITS } from '../../src/domain/release/exit-code.ts';
import { code, heading, table } from './markdown.ts';

/** Every error code, with its meaning for each interface. */
export function errorsPage(): string {
  const rows = Object.entries(ERRORS).map(([name, error]) => [
    code(name),
    error.meaning,
    error.next,
    String(error.http),
    String(error.exit),
    error.retryable ? 'yes' : 'no',
  ]);
  return (
    heading(
      'Error codes',
      'src/domain/errors.ts',
      'Every error that a caller can see. MCP tools answer with `code`, `message`, `details` and `next`; REST uses the HTTP status, the CLI the exit code. “Retryable” is what activities do by themselves.',
    ) +
    '\n' +
    table(['Code', 'What happened', 'What to do', 'HTTP', 'Exit', 'Retryable'], rows) +
    exitTable()
  );
}

/** Exit codes that are not errors: of commands that follow a release, of signals, and of the doctor. */
function exitTable(): string {
  const followed = Object.entries(RELEASE_EXITS).map(([name, { exit, meaning }]) => [String(exit), name, meaning]);
  const rows = [
    ...followed,
    ['9', 'doctor', 'Something that Sluice needs is missing; `sluice doctor` names it.'],
    [String(SIGNAL_EXITS.SIGINT), 'SIGINT', 'The command was interrupted (Ctrl-C). A release goes on.'],
    [
      String(SIGNAL_EXITS.SIGTERM),
      'SIGTERM',
      'The command was ended, for example by a cancelled CI job. A release goes on.',
    ],
  ];
  return `\n## Exit codes of commands that follow a release\n\n\`release watch\`, \`release wait\` and \`release start --wait\` end with the outcome of the release. Exit code 0 means success and nothing else.\n\n${table(['Exit', 'Name', 'What happened'], rows)}`;
}

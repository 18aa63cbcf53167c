import { ERRORS } from '../../src/domain/errors.ts';
import { code, heading, table } from './markdown.ts';

/** Every error code, with what each door makes of it. */
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
    table(['Code', 'What happened', 'What to do', 'HTTP', 'Exit', 'Retryable'], rows)
  );
}

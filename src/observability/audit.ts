import { appendFile, mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { AuditEntry, AuditTrail } from '../domain/audit.ts';
import { SluiceError } from '../domain/errors.ts';
import type { Log } from './log.ts';

/**
 * Appends one JSON line for each call to `file`, or to stderr. Each line is one append, so that lines of several
 * processes do not mix.
 */
export function createAudit({
  home,
  file,
  log,
}: {
  readonly home: string;
  readonly file: string;
  readonly log: Log;
}): AuditTrail {
  const path = file === 'stderr' ? undefined : resolve(home, file);
  const append = async (text: string, flush = false): Promise<void> => {
    if (path === undefined) return void process.stderr.write(text);
    await mkdir(dirname(path), { recursive: true });
    // Arguments may contain data that not every user of the machine should read.
    await appendFile(path, text, { mode: 0o600, flush });
  };
  const required = async (text: string): Promise<void> => {
    try {
      await append(text, text !== '');
    } catch (cause) {
      throw new SluiceError(
        'AUDIT_UNAVAILABLE',
        `The audit log ${path ?? 'stderr'} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}.`,
        { cause },
      );
    }
  };
  return {
    ready: () => required(''),
    begin: (entry: AuditEntry) => required(`${JSON.stringify(entry)}\n`),
    record: (entry: AuditEntry) =>
      append(`${JSON.stringify(entry)}\n`).catch((err: unknown) =>
        log.error({ err, entry }, 'The audit log cannot be written'),
      ),
  };
}

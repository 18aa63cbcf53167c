import { resolve } from 'node:path';
import type { AuditEntry, AuditTrail } from '../domain/audit.ts';
import { SluiceError } from '../domain/errors.ts';
import { AuditFile } from './audit-file.ts';
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
  const path = auditPath(home, file);
  const lines = new AuditFile(path);
  const required = async (written: Promise<void>): Promise<void> => {
    try {
      await written;
    } catch (cause) {
      throw new SluiceError(
        'AUDIT_UNAVAILABLE',
        `The audit log ${path ?? 'stderr'} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}.`,
        { cause },
      );
    }
  };
  return {
    ready: () => required(lines.touch()),
    begin: (entry: AuditEntry) => required(lines.write(entry, true)),
    record: (entry: AuditEntry) =>
      lines.write(entry).catch((err: unknown) => log.error({ err, entry }, 'The audit log cannot be written')),
  };
}

/** Undefined: the log goes to stderr. */
export function auditPath(home: string, file: string): string | undefined {
  return file === 'stderr' ? undefined : resolve(home, file);
}

import type { CallerRecord } from './access/caller.ts';

/** Who confirmed a call, and how. */
export interface AuditConfirmation {
  readonly by: string;
  /** `asked`: a person answered a question. `flag`: --yes. `argument`: the caller, which could not ask a person. */
  readonly how: 'asked' | 'flag' | 'argument';
}

/**
 * A line of the audit log: one call of a tool. A call that writes has two lines with the same `call`. The line before
 * it acts has the result `begun`. If there is no second line, the process died, and the effect of the call is not
 * known.
 */
export interface AuditEntry {
  /** Identical in all lines of one call. */
  readonly call?: string;
  /** ISO 8601. */
  readonly at: string;
  /** e.g. `mcp:claude-code`, `cli:ada`, `http:127.0.0.1`. */
  readonly who: string;
  /** Who that is. Absent for a caller of whom nothing is known. */
  readonly caller?: CallerRecord;
  readonly tool: string;
  /** `unknown`: a tool that this server does not have. */
  readonly kind: 'read' | 'write' | 'destructive' | 'unknown';
  /** The arguments as given, with secrets masked and long texts cut. */
  readonly arguments: unknown;
  /** `begun`, `ok`, `asked` (a confirmation was requested, nothing was done), or a code of the error catalogue. */
  readonly result: string;
  /** The effect of a write, or the message of an error. */
  readonly detail?: string;
  readonly confirmed?: AuditConfirmation;
  readonly ms: number;
}

/** The log that calls are written to. */
export interface AuditTrail {
  /** Checks that the log can be opened, before a person is asked. Errors: AUDIT_UNAVAILABLE. */
  ready(): Promise<void>;
  /**
   * Writes the line of a call that is about to act, and waits until it is on disk. Errors: AUDIT_UNAVAILABLE, also for
   * a full disk.
   */
  begin(entry: AuditEntry): Promise<void>;
  /** Writes the line of a call that has ended. It never throws, because an error cannot undo what the call did. */
  record(entry: AuditEntry): Promise<void>;
}

/** Who confirmed a call, and how. */
export interface AuditConfirmation {
  readonly by: string;
  /** `asked`: a person answered a question. `flag`: --yes. `argument`: the caller, which has nobody to ask. */
  readonly how: 'asked' | 'flag' | 'argument';
}

/**
 * A line of the audit log: one call of a tool. A call that writes has two with the same `call`: one before it acts,
 * whose result is `begun`, and one after it. A `begun` alone is a call whose process died; what it did is not known.
 */
export interface AuditEntry {
  /** The same in all lines of one call. */
  readonly call?: string;
  /** ISO 8601. */
  readonly at: string;
  /** e.g. `mcp:claude-code`, `cli:ada`, `http:127.0.0.1`. */
  readonly who: string;
  readonly tool: string;
  /** `unknown`: a tool that this server does not have. */
  readonly kind: 'read' | 'write' | 'destructive' | 'unknown';
  /** As given, secrets masked and long texts cut. */
  readonly arguments: unknown;
  /** `begun`, `ok`, `asked` (a confirmation was asked for, nothing was done), or a code of the error catalogue. */
  readonly result: string;
  /** The effect of a write, or the message of an error. */
  readonly detail?: string;
  readonly confirmed?: AuditConfirmation;
  readonly ms: number;
}

/** Where calls are written to. */
export interface AuditTrail {
  /** Whether the log can be opened; asked before a person is. Errors: AUDIT_UNAVAILABLE. */
  ready(): Promise<void>;
  /** Writes the line of a call that is about to act, to the disk. Errors: AUDIT_UNAVAILABLE, also for a full disk. */
  begin(entry: AuditEntry): Promise<void>;
  /** Never throws: what was done cannot be undone by a full disk. */
  record(entry: AuditEntry): Promise<void>;
}

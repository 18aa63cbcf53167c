/** One call of a tool, as the audit log keeps it. */
export interface AuditEntry {
  /** ISO 8601. */
  readonly at: string;
  /** e.g. `mcp:claude-code`, `cli:ada`, `http:127.0.0.1`. */
  readonly who: string;
  readonly tool: string;
  /** `unknown`: a tool that this server does not have. */
  readonly kind: 'read' | 'write' | 'destructive' | 'unknown';
  /** As given, secrets masked and long texts cut. */
  readonly arguments: unknown;
  /** `ok`, `asked` (a confirmation was asked for, nothing was done), or a code of the error catalogue. */
  readonly result: string;
  /** The effect of a write, or the message of an error. */
  readonly detail?: string;
  readonly ms: number;
}

/** Where calls are written to. */
export interface AuditTrail {
  /** Refuses when nothing can be recorded; asked before every write. Errors: AUDIT_UNAVAILABLE. */
  ready(): Promise<void>;
  /** Never throws: what was done cannot be undone by a full disk. */
  record(entry: AuditEntry): Promise<void>;
}

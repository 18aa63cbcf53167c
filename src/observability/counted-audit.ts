import type { AuditTrail } from '../domain/audit.ts';

/** Names of tools that do not exist come from callers, so they are counted together. */
const UNKNOWN = '(unknown)';

/** The same audit log, with each call counted at its end. */
export function countedAudit(
  trail: AuditTrail,
  called: (tool: string, result: string, ms: number) => void,
): AuditTrail {
  return {
    ready: () => trail.ready(),
    begin: (entry) => trail.begin(entry),
    record: (entry) => {
      called(entry.kind === 'unknown' ? UNKNOWN : entry.tool, entry.result, entry.ms);
      return trail.record(entry);
    },
  };
}

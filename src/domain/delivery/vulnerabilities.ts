import type { Violation } from './waivers.ts';

/** From the least one to the worst. */
export const SEVERITIES = ['negligible', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** A package of an image that a database of vulnerabilities names. */
export interface Vulnerability {
  readonly id: string;
  /** `unknown`: the database has none. */
  readonly severity: Severity | 'unknown';
  /** With its version. */
  readonly package: string;
  /** The versions that correct it. */
  readonly fixedIn: readonly string[];
}

const MAX_SHOWN = 5;

/** Those that stop a delivery: of the severity `from` or a worse one, or of an unknown one. One for each id. */
export function vulnerabilityViolations(found: readonly Vulnerability[], from: Severity): readonly Violation[] {
  const stopping = found.filter(({ severity }) => severity === 'unknown' || rank(severity) >= rank(from));
  return [...Map.groupBy(stopping, ({ id }) => id)].map(([id, all]) => {
    const shown = all.slice(0, MAX_SHOWN).map(({ package: name, fixedIn }) => `${name}${fixText(fixedIn)}`);
    const more = all.length > MAX_SHOWN ? ` and ${all.length - MAX_SHOWN} more` : '';
    const worst = all.map(({ severity }) => severity).toSorted((a, b) => rank(b) - rank(a))[0] ?? 'unknown';
    return { check: 'vulnerabilities', rule: id, text: `${id} (${worst}): ${shown.join(', ')}${more}` };
  });
}

/** How many there are of each severity, beginning with the worst one. */
export function severityCounts(found: readonly Vulnerability[]): string {
  const of = (severity: string): number => found.filter((one) => one.severity === severity).length;
  const counts = ['unknown', ...SEVERITIES].toReversed().map((severity) => [severity, of(severity)] as const);
  return counts
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => `${count} ${severity}`)
    .join(', ');
}

const rank = (severity: Vulnerability['severity']): number =>
  severity === 'unknown' ? SEVERITIES.length : SEVERITIES.indexOf(severity);

const fixText = (versions: readonly string[]): string =>
  versions.length === 0 ? ' (no fix is known)' : ` (fixed in ${versions.join(', ')})`;

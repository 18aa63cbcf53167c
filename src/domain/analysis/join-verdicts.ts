import { worst, type Finding, type Judged, type Verdict } from './verdict.ts';

/**
 * The verdict of several judges on the same step. `base` supplies the counts. Limits that were not set supply no
 * findings and do not decide.
 */
export function joinVerdicts(
  base: Verdict,
  more: { readonly outcome: Judged | undefined; readonly findings: readonly Finding[] },
): Verdict {
  const outcomes: readonly Judged[] = [
    ...(base.findings.length > 0 ? [base.outcome as Judged] : []),
    ...(more.outcome === undefined ? [] : [more.outcome]),
  ];
  const outcome = worst(outcomes) ?? 'no-data';
  const findings = [...base.findings, ...more.findings];
  return { ...base, outcome, findings, reason: reasonOf(outcome, findings) };
}

/** The reasons of the findings that decided. If all findings decided together, all reasons. */
function reasonOf(outcome: Judged, findings: readonly Finding[]): string {
  const deciding = findings.filter((finding) => finding.outcome === outcome && !finding.dryRun);
  return (deciding.length > 0 ? deciding : findings).map(({ reason }) => reason).join('; ') || 'nothing was measured';
}

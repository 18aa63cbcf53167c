import type { ReleaseReport, ReportEvidence, VerdictPeriod } from '../../domain/report/report.ts';
import { compact } from '../../contract/release-view.ts';
import { reportPath } from '../../domain/report/report-address.ts';

/** Maximum number of verdicts and deeds in a summary. The newest ones are used. */
const MAX_LINES = 12;

/** The report without its charts: the facts for a decision, and the address of the rest. */
export function summaryOf(report: ReleaseReport, server: string) {
  const { release, summary, steps, evidence, comparisons, verdicts, people, notes } = report;
  const { id, run, target, image, previous, state, reason, starter, started, closed } = release;
  return compact({
    release_id: id,
    run_id: run,
    state,
    summary,
    reason,
    image,
    previous,
    started_by: starter,
    started_at: new Date(started).toISOString(),
    closed_at: closed === undefined ? undefined : new Date(closed).toISOString(),
    steps: steps.map(({ weight, outcome, proved, reported }) =>
      compact({
        weight,
        outcome,
        proved: proved !== undefined,
        reported: reported === undefined ? undefined : true,
      }),
    ),
    evidence: evidence && evidenceLines(evidence),
    compared: comparisons.map(({ name, buckets }) => ({
      question: name,
      candidate: total(buckets.map(({ value }) => value.candidate)),
      stable: total(buckets.map(({ value }) => value.stable)),
    })),
    verdicts: verdicts.slice(-MAX_LINES).map(verdictLine),
    people: people
      .flatMap(({ who, did }) => did.map(({ at, text }) => ({ who, did: text, at: new Date(at).toISOString() })))
      .slice(-MAX_LINES),
    notes,
    page: `${server}${reportPath(target, run, 'html')}`,
    data: `${server}${reportPath(target, run, 'json')}`,
  });
}
export type ReportSummary = ReturnType<typeof summaryOf>;

/** `odds`: e-values; JSON has no infinity, and larger values need no comparison. */
const MAX_ODDS = 1e9;
const oddsOf = (log: number): number => Number(Math.min(MAX_ODDS, Math.exp(log)).toPrecision(3));

function evidenceLines({ bound, together, questions }: ReportEvidence) {
  return {
    needed_odds: oddsOf(bound),
    worse_odds: oddsOf(together.reduce((most, { worse }) => Math.max(most, worse), 0)),
    not_worse: questions.map(({ name, delta, most, proved }) =>
      compact({ question: name, margin: delta, odds: oddsOf(most.better), proved: proved !== undefined }),
    ),
  };
}

function verdictLine({ by, step, weight, outcome, times, reason }: VerdictPeriod) {
  return compact({ by, step, weight, outcome, times, reason });
}

function total(shares: readonly ({ readonly hits: number; readonly of: number } | undefined)[]): {
  requests: number;
  bad: number;
} {
  return {
    requests: shares.reduce((sum, one) => sum + (one?.of ?? 0), 0),
    bad: shares.reduce((sum, one) => sum + (one?.hits ?? 0), 0),
  };
}

import type { RecordEntry, Recorded } from '../release/record.ts';
import { factsOf } from './entries.ts';
import type { MetricCourse, VerdictPeriod } from './report.ts';
import { guardLooks } from './guard-looks.ts';

/** The history of the verdicts: one line for as long as a step's verdict stayed the same. */
export function verdictsOf(entries: readonly RecordEntry[]): readonly VerdictPeriod[] {
  const isLook = guardLooks(entries);
  return factsOf(entries, 'verdict').reduce<VerdictPeriod[]>((periods, fact) => {
    const { at, data } = fact;
    const by = isLook(fact) ? { by: 'guard' as const } : {};
    const last = periods.at(-1);
    const goesOn = last?.step === data.step && last.outcome === data.outcome && last.by === by.by;
    const period = { ...periodOf(data, at), ...by, ...(goesOn ? { from: last.from, times: last.times + 1 } : {}) };
    return goesOn ? [...periods.slice(0, -1), period] : [...periods, period];
  }, []);
}

function periodOf(
  { step, weight, outcome, reason, candidate, stable, findings }: Recorded['verdict'],
  at: number,
): VerdictPeriod {
  const shown = findings.map(({ evidence: _, dryRun, ...finding }) => ({
    ...finding,
    ...(dryRun ? { dry: true as const } : {}),
  }));
  return {
    step,
    weight,
    outcome,
    from: at,
    to: at,
    times: 1,
    reason,
    findings: shown,
    ...(candidate ? { candidate } : {}),
    ...(stable ? { stable } : {}),
  };
}

/**
 * The measurements that have limits. The questions of the sequential judge and the traffic have charts of their own.
 */
export function metricsOf(entries: readonly RecordEntry[]): readonly MetricCourse[] {
  const found = factsOf(entries, 'verdict').flatMap(({ at, data }) =>
    data.findings
      .filter(({ evidence, metric }) => !evidence && metric !== 'requests')
      .map((finding) => ({ at, ...finding })),
  );
  const names = [...new Set(found.map(({ metric }) => metric))];
  const courses = names.map((name) => ({
    name,
    unit: unitOf(name),
    points: found.filter(({ metric }) => metric === name).flatMap(pointOf),
  }));
  return courses.filter(({ points }) => points.length > 0);
}

type Found = Recorded['verdict']['findings'][number] & { readonly at: number };

function pointOf({ at, measured, limit, outcome }: Found): MetricCourse['points'] {
  return measured === undefined ? [] : [{ at, value: measured, outcome, ...(limit === undefined ? {} : { limit }) }];
}

function unitOf(name: string): MetricCourse['unit'] {
  if (name === 'success-ratio') return 'ratio';
  return /^p\d+$/.test(name) ? 'ms' : 'number';
}

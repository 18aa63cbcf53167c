import { present, usersPercent } from '../release/present.ts';
import type { ReleaseView } from '../release/view.ts';
import type { RecordEntry, Recorded } from '../release/record.ts';
import { comparisonsOf } from './comparisons.ts';
import { factsOf, safeEntries } from './entries.ts';
import { evidenceOf } from './evidence-course.ts';
import { queriesOf } from './queries.ts';
import { summarySentences } from './summary-sentences.ts';
import type { Person, ReleaseReport, ReportHead } from './report.ts';
import { metricsOf, verdictsOf } from './verdicts.ts';
import { stepsOf, weightsOf } from './weights.ts';
import { withoutWho } from '../with-who.ts';

/** The report of one run from its entries, in any order of kinds. Undefined if there is no snapshot of the release. */
export function buildReport(raw: readonly RecordEntry[], notes: readonly string[] = []): ReleaseReport | undefined {
  const entries = safeEntries(raw);
  const snapshots = factsOf(entries, 'release').map(({ data }) => data);
  // Entries with an earlier time may be written after the end.
  const release = snapshots.findLast(({ closedAt }) => closedAt !== undefined) ?? snapshots.at(-1);
  if (!release) return undefined;
  const alpha = release.spec.analysis.sequential?.alpha;
  const evidence = evidenceOf(entries, alpha);
  const events = factsOf(entries, 'event').map(({ data: { at, state, text, who } }) => ({
    at,
    state,
    text,
    ...(who === undefined ? {} : { who }),
  }));
  const report = {
    release: headOf(release, entries),
    steps: stepsOf(entries),
    weights: weightsOf(entries, release.startedAt),
    comparisons: comparisonsOf(entries),
    metrics: metricsOf(entries),
    ...(evidence ? { evidence } : {}),
    verdicts: verdictsOf(entries),
    people: peopleOf(release, events),
    events,
    commands: factsOf(entries, 'command').map(({ at, data }) => ({
      at,
      id: data.requestId,
      command: data.command,
      outcome: data.outcome,
      detail: data.detail,
    })),
    queries: queriesOf(entries),
    notes,
  };
  return { ...report, summary: summarySentences({ ...report, summary: [] }) };
}

function headOf(release: Recorded['release'], entries: readonly RecordEntry[]): ReportHead {
  const shown = present(asView(release, entries));
  const { id, runId, spec, state, reason, startedBy, startedAt, closedAt, plan, waiting } = shown;
  const users = usersPercent(shown);
  // Where nothing is counted, the metrics of the release file alone have judged.
  const alpha = plan?.controllerOnly ? undefined : spec.analysis.sequential?.alpha;
  return {
    id,
    run: runId,
    target: spec.target,
    strategy: spec.strategy,
    image: spec.image,
    ...(plan ? { previous: plan.fromImage } : {}),
    state,
    reason,
    starter: startedBy,
    started: startedAt,
    ...(closedAt === undefined ? {} : { closed: closedAt }),
    until: entries.reduce((latest, { at }) => Math.max(latest, at), closedAt ?? startedAt),
    ...(users === undefined ? {} : { users }),
    ...(waiting ? { waiting: { for: waiting.for, answers: waiting.answers } } : {}),
    ...(alpha === undefined ? {} : { alpha }),
    ...(plan?.controllerOnly ? { metricsAlone: true } : {}),
  };
}

/** The release with its newest verdict and its events. Its headline is derived from this. */
function asView(release: Recorded['release'], entries: readonly RecordEntry[]): ReleaseView {
  const verdict = factsOf(entries, 'verdict').findLast(({ data }) => data.step === release.stepIndex)?.data;
  const newer = verdict && release.verdict && verdict.to > release.verdict.to ? { verdict } : {};
  return { ...release, ...newer, events: factsOf(entries, 'event').map(({ data }) => data), commands: [] };
}

/** Who did what. Each person is listed at the time of their first action. */
function peopleOf({ startedBy, startedAt }: Recorded['release'], events: ReleaseReport['events']): readonly Person[] {
  const actions = [
    { who: startedBy, at: startedAt, text: 'started the release' },
    ...events.flatMap(({ who, at, text }) => (who === undefined ? [] : [{ who, at, text: withoutWho(text, who) }])),
  ];
  return [...new Set(actions.map(({ who }) => who))].map((who) => ({
    who,
    did: once(actions.filter((action) => action.who === who)).map(({ at, text }) => ({ at, text })),
  }));
}

/** A command is an event, and so is the state that it leads to, with the same words at its beginning. */
function once<T extends { readonly text: string }>(actions: readonly T[]): readonly T[] {
  return actions.filter(({ text }, index) => {
    const before = actions[index - 1]?.text;
    return before === undefined || (text !== before && !text.startsWith(`${before};`));
  });
}

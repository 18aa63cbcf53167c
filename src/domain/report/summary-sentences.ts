import { readQuestion } from '../analysis/question-name.ts';
import { isClosed } from '../release/state.ts';
import type { Comparison, Count, ReleaseReport } from './report.ts';

/** Sentences for people who read no further: what users met, which version they have, and what the guard saw. */
export function summarySentences(report: ReleaseReport): readonly string[] {
  return [answersSentence(report), usersSentence(report), guardSentence(report)].filter((text) => text !== undefined);
}

/** What the answers of both versions show about the question that decided. Counts are answers, not people. */
function answersSentence({ release, comparisons, verdicts }: ReleaseReport): string | undefined {
  const failing = verdicts
    .findLast(({ outcome }) => outcome === 'fail')
    ?.findings.find(({ outcome }) => outcome === 'fail');
  const tool = readQuestion(failing?.metric ?? '')?.tool;
  // The record has the counts of a tool in words only.
  if (failing && tool !== undefined) return `The tool ${tool} of ${release.image} failed. ${capital(failing.reason)}.`;
  if (failing?.metric === 'health') return `${capital(failing.reason.replace(/^health: /, ''))}.`;
  const decided =
    comparisons.find(({ name }) => name === failing?.metric) ?? comparisons.find(({ name }) => name === 'errors');
  if (!decided) return undefined;
  const [candidate, stable] = [total(decided, 'candidate'), total(decided, 'stable')];
  if (candidate.requests === 0) return `No answer of ${release.image} was counted.`;
  const other = stable.requests === 0 ? 'nothing to compare with' : shareText(stable);
  return `${capital(whatText(decided.name))}: ${shareText(candidate)} of ${release.image}, and ${other} of ${release.previous ?? 'the old version'}.`;
}

function whatText(name: string): string {
  const slow = readQuestion(name)?.slowerThanMs;
  return slow === undefined ? 'failed answers' : `answers slower than ${slow} ms`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "9 of 44 answers (20 %)", or "none of 410 answers". */
export function shareText({ requests, bad }: Count): string {
  const of = `of ${Math.round(requests).toLocaleString('en')} answers`;
  if (bad === 0) return `none ${of}`;
  const percent = Number(((bad / requests) * 100).toPrecision(2));
  return `${Math.round(bad).toLocaleString('en')} ${of} (${percent} %)`;
}

function total({ buckets }: Comparison, arm: 'candidate' | 'stable'): Count {
  return buckets.reduce(
    (sum, { value }) => ({
      requests: sum.requests + (value[arm]?.of ?? 0),
      bad: sum.bad + (value[arm]?.hits ?? 0),
    }),
    { requests: 0, bad: 0 },
  );
}

function usersSentence({ release, weights }: ReleaseReport): string | undefined {
  const { state, image, previous = 'the old version', users, closed, started, waiting } = release;
  const exposed = exposureOf(weights.wanted);
  const word = weights.proofs.at(-1)?.effective === 'reported' ? ', as Argo reports' : '';
  if (state === 'refused') return `Nothing was changed: all users stayed on ${previous}.`;
  if (state === 'superseded') return `Somebody set another version than ${image}, and the release left it alone.`;
  if (state === 'rolled-back')
    return exposed
      ? `All users were on ${previous} again at ${clock(exposed.to ?? closed ?? started)}${word}; up to ${exposed.most} % of them were on ${image} for ${Math.round(((exposed.to ?? closed ?? started) - exposed.from) / 1000)} s.`
      : `No user was on ${image}: all stayed on ${previous}.`;
  if (state === 'succeeded')
    return `At the end of the release, ${clock(closed ?? started)}${word}, all users (100 %) were on ${image}.`;
  const share = users === undefined ? '' : `At the moment ${users} % of the users are meant to be on ${image}`;
  if (!waiting || isClosed(state)) return share === '' ? undefined : `${share}.`;
  return `${share}${share === '' ? 'The release waits' : ', and the release waits'} for an answer: ${waiting.answers.join(', ')}.`;
}

const GUARD = 'guard: ';

/** The last event of the guard that watched the version after the release. */
function guardSentence({ events }: ReleaseReport): string | undefined {
  const last = events.findLast(({ text }) => text.startsWith(GUARD));
  return last && `The guard after the release: ${last.text.slice(GUARD.length)}.`;
}

/** The times at which users were on the new version. `to` is absent while some still are. */
function exposureOf(
  wanted: ReleaseReport['weights']['wanted'],
): { readonly from: number; readonly to?: number; readonly most: number } | undefined {
  const first = wanted.find(({ weight }) => weight > 0);
  if (!first) return undefined;
  const most = Math.max(...wanted.map(({ weight }) => weight));
  const last = wanted.at(-1);
  return { from: first.at, most, ...(last?.weight === 0 ? { to: last.at } : {}) };
}

/** Formats a time of day in UTC. */
function clock(at: number): string {
  return `${new Date(at).toISOString().slice(11, 19)} UTC`;
}

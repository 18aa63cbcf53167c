import { patched } from '@temporalio/workflow';

/**
 * Every change of the workflow that older, still open releases do not have (docs/adr/0004, 0010). An entry is removed,
 * with the code that it guards, when no such release can be open any more.
 */
export const PATCHES = {
  journal: {
    since: '2026-11-21',
    mayGo: '2028-01-01',
    reason:
      'the release tells the journal what it does, and closes when that is written or has failed; its longest waits take a year',
  },
  careful: {
    since: '2026-11-29',
    mayGo: '2028-01-01',
    reason:
      'the run checks its input and its workflow id, preflight has a deadline, a failed rollback is tried again while a human is asked, a target that is gone ends the release, an abort during the end is refused; the longest waits of a release take a year',
  },
  'watch-without-gap': {
    since: '2026-11-29',
    mayGo: '2028-01-01',
    reason:
      'the guard also watches while a weight is set, while the version starts and during promotion; an old pass is judged again; the soak goes on over a repaired drift, and the third drift of a step ends it',
  },
  'guard-after': {
    since: '2026-11-29',
    mayGo: '2028-01-01',
    reason:
      'a release that has succeeded starts the guard of its target, and a run that was started as a rollback makes the version before a stable one stable again',
  },
  'write-after-turn': {
    since: '2026-11-29',
    mayGo: '2028-01-01',
    reason:
      'a write to the journal is scheduled after the handlers of the activation and the loop have acted, so that a replay that hands their jobs over in another order schedules the same; the longest waits of a release take a year',
  },
  'begins-anew': {
    since: '2026-11-29',
    mayGo: '2028-01-01',
    reason:
      'a run that was reset or that recovers another one finishes its preflight before it obeys an abort or a cancellation, because only preflight knows what is left behind; the longest waits of a release take a year',
  },
  'chain-in-memo': {
    since: '2026-11-29',
    mayGo: '2028-01-01',
    reason:
      'a run that was reset names the first run of its chain in its memo, so that lists show one release and not two; the longest waits of a release take a year',
  },
  'continues-as-new': {
    since: '2026-11-29',
    mayGo: '2028-01-01',
    reason:
      'a run that nears a limit of Temporal continues as new while it holds a step, waits for its approval or tries a rollback again; the longest waits of a release take a year',
  },
  windows: {
    since: '2026-11-29',
    mayGo: '2028-01-01',
    reason:
      'a release looks at the windows of its target before it starts, before each further weight and while a step is held; the longest waits of a release take a year',
  },
  'queue-keeps-hold': {
    since: '2026-11-30',
    mayGo: '2028-01-01',
    reason:
      'a version that supersedes starts over the hold of a queue and does not end it; a queue lives as long as releases wait in it, which may take a year',
  },
  'audited-decisions': {
    since: '2026-11-30',
    mayGo: '2028-01-01',
    reason:
      'the record of a command says who has sent it, which makes the record longer, and so may divide the writes to the journal in other places; the longest waits of a release take a year',
  },
  'audited-further': {
    since: '2026-11-30',
    mayGo: '2028-01-01',
    reason:
      'the records of a guard, of a delivery and of a run that goes back say who has decided what, so there are more and longer records, which may divide the writes to the journal in other places; a guard and a failed delivery may wait for months',
  },
} as const;

export function has(patch: keyof typeof PATCHES): boolean {
  return patched(patch);
}

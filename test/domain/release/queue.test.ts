import { describe, expect, test } from '@jest/globals';
import {
  EMPTY_QUEUE,
  holdAfter,
  isFull,
  leave,
  leftOf,
  MAX_LEFT,
  MAX_WAITING,
  move,
  passesHold,
  place,
  positionOf,
  requestOf,
  resumed,
  started,
  type QueueEntry,
  type QueueState,
} from '../../../src/domain/release/queue.ts';
import { describeQueue, leftText, queueStateText } from '../../../src/domain/release/queue-text.ts';
import { RELEASE_STATES } from '../../../src/domain/release/state.ts';
import { releaseSpec } from '../../support/builders.ts';

const spec = releaseSpec({ target: { cluster: 'dev', namespace: 'shop', rollout: 'web' } });

function entry(requestId: string, more: Partial<QueueEntry> = {}): QueueEntry {
  const input = { spec: { ...spec, image: `shop:${requestId}` }, startedBy: 'cli:ada', requestId };
  return { input, caller: { id: 'cli:ada', kind: 'cli' }, addedAt: 10, ...more };
}
const superseding = (requestId: string, addedAt = 10): QueueEntry =>
  entry(requestId, { addedAt, supersede: { runId: 'run-0' } });
const of = (...entries: readonly QueueEntry[]): QueueState => entries.reduce(place, EMPTY_QUEUE);
const order = ({ waiting }: QueueState): string => waiting.map(requestOf).join(' ');
const run = (state: (typeof RELEASE_STATES)[number], runId = 'run-1') => ({ runId, open: false, state });

describe('the order', () => {
  test('is that of arrival; one that supersedes goes to the front', () => {
    expect(order(of(entry('a'), entry('b')))).toBe('a b');
    expect(order(of(entry('a'), superseding('s'), entry('b')))).toBe('s a b');
  });

  test('of two that supersede the newer replaces the older one, which is remembered as replaced', () => {
    const state = of(superseding('s'), entry('a'), superseding('t'));
    expect(order(state)).toBe('t a');
    expect(leftOf(state, 's')).toMatchObject({ outcome: 'replaced', reason: 'cli:ada has asked for shop:t instead' });
  });

  test('one that is being started stays first, whatever comes or is moved', () => {
    const state = { ...of(superseding('s'), entry('a')), starting: 's' };
    expect(order(place(state, superseding('t')))).toBe('s t a');
    expect(order(move(place(state, entry('b')), 'b', 1))).toBe('s b a');
  });

  test('changes by move: positions count from 1, and beyond the end means the end', () => {
    const state = of(entry('a'), entry('b'), entry('c'));
    expect(order(move(state, 'c', 1))).toBe('c a b');
    expect(order(move(state, 'a', 2))).toBe('b a c');
    expect(order(move(state, 'a', 100))).toBe('b c a');
    expect(order(move(state, 'x', 1))).toBe('a b c');
    expect(positionOf(state, 'b')).toBe(2);
    expect(positionOf(state, 'x')).toBeUndefined();
  });
});

describe('the limits', () => {
  test(`${MAX_WAITING} may wait, and the last ${MAX_LEFT} that have left are remembered`, () => {
    const full = of(...Array.from({ length: MAX_WAITING }, (_, index) => entry(`r${index}`)));
    expect(isFull(full)).toBe(true);
    const how = { outcome: 'removed', reason: 'r', at: 1 } as const;
    const empty = leave(full, full.waiting.map(requestOf), how);
    expect(isFull(empty)).toBe(false);
    const again = leave(place(empty, entry('last')), ['last'], how);
    expect(again.left).toHaveLength(MAX_LEFT);
    expect(again.left.at(-1)).toMatchObject({ requestId: 'last', image: 'shop:last', who: 'cli:ada' });
  });
});

describe('what the end of the release before means', () => {
  test.each(RELEASE_STATES.filter((state) => state !== 'succeeded'))('after %s the queue holds', (state) => {
    expect(holdAfter(of(entry('a')), run(state))).toBe(`the release before (run run-1) has ended as ${state}`);
  });

  test('after a success, or without any release before, it goes on', () => {
    expect(holdAfter(of(entry('a')), run('succeeded'))).toBeUndefined();
    expect(holdAfter(of(entry('a')), undefined)).toBeUndefined();
  });

  test.each(RELEASE_STATES)(
    'one that supersedes starts after %s only if no user is left on the older version',
    (state) => {
      const clear = ['succeeded', 'rolled-back', 'refused'].includes(state);
      expect(holdAfter(of(superseding('s')), run(state)) === undefined).toBe(clear);
    },
  );

  test('somebody resumes the queue over one end, and not over the next', () => {
    const held = { ...of(entry('a')), hold: { runId: 'run-1', reason: 'r', since: 5 } };
    const state = resumed(held);
    expect(state.hold).toBeUndefined();
    expect(holdAfter(state, run('rolled-back'))).toBeUndefined();
    expect(holdAfter(state, run('rolled-back', 'run-2'))).toContain('run-2');
    expect(resumed(of(entry('a')))).toEqual(of(entry('a')));
  });

  test('one that supersedes passes an older hold, because its sender could read it, and no later one', () => {
    const hold = { runId: 'run-1', reason: 'r', since: 20 };
    expect(passesHold({ ...of(superseding('s', 21)), hold })).toBe(true);
    expect(passesHold({ ...of(superseding('s', 19)), hold })).toBe(false);
    expect(passesHold({ ...of(entry('a', { addedAt: 21 })), hold })).toBe(false);
  });

  test('a start over a hold keeps it for the others, and those that wait to supersede wait for the new run', () => {
    const hold = { runId: 'run-1', reason: 'r', since: 5 };
    const before = { ...place({ ...of(superseding('s')), starting: 's' }, superseding('t')), hold };
    const how = { requestId: 's', runId: 'run-2', at: 30 };
    const state = started(before, { ...how, keepsHold: true });
    expect(state.hold).toEqual(hold);
    expect(passesHold({ ...state, waiting: [entry('a')] })).toBe(false);
    expect(started(before, { ...how, keepsHold: false }).hold).toBeUndefined();
    expect(leftOf(state, 's')).toMatchObject({ outcome: 'started', runId: 'run-2', at: 30 });
    expect(state.waiting).toMatchObject([{ input: { requestId: 't' }, supersede: { runId: 'run-2' } }]);
  });
});

describe('what it says', () => {
  test('in each state', () => {
    expect(queueStateText(EMPTY_QUEUE)).toBe('No release waits.');
    expect(queueStateText(of(entry('a')))).toBe(
      'shop:a starts when the release before it has succeeded. After any other end the queue holds.',
    );
    expect(queueStateText({ ...of(entry('a')), accepted: 'run-0' })).toBe(
      'shop:a starts when no release of the target runs.',
    );
    expect(queueStateText({ ...of(entry('a')), starting: 'a' })).toBe('shop:a is being started.');
    expect(queueStateText(of(superseding('s')))).toBe('Run run-0 is rolled back first, then shop:s starts.');
    const asked = entry('s', { supersede: { runId: 'run-0', asked: true } });
    expect(queueStateText(of(asked))).toBe('shop:s starts when no release of the target runs.');
    const hold = { runId: 'run-1', reason: 'it went wrong', since: 5 };
    expect(queueStateText({ ...of(entry('a')), hold })).toBe(
      'The queue holds: it went wrong. Nothing starts until somebody resumes the queue.',
    );
    const later = entry('s', { addedAt: 9, supersede: {} });
    expect(queueStateText({ ...of(later, entry('a')), hold })).toBe(
      'shop:s starts when no release of the target runs. The others wait until somebody resumes the queue: it went wrong.',
    );
  });

  test('in the Temporal UI, and of one that has left', () => {
    const view = { id: 'queue/dev/shop/web', releaseId: 'release/dev/shop/web', ...of(entry('a'), entry('b')) };
    expect(describeQueue(view)).toBe(
      [
        '2 releases of release/dev/shop/web. shop:a starts when the release before it has succeeded. After any other end the queue holds.',
        '1. shop:a, queued by cli:ada, request a',
        '2. shop:b, queued by cli:ada, request b',
      ].join('\n'),
    );
    const gone = { requestId: 'a', image: 'shop:a', who: 'ada', at: 1, outcome: 'removed', reason: 'by bob' } as const;
    expect(leftText(gone)).toBe('shop:a was removed: by bob.');
  });
});

import { expect, test } from '@jest/globals';
import { messageOf } from '../../../src/domain/news/message.ts';
import { newsOf } from '../../../src/domain/news/news.ts';
import type { DeliveryView } from '../../../src/domain/delivery/delivery.ts';
import type { RecordEntry } from '../../../src/domain/release/record.ts';
import { aDelivery } from '../../support/fake-deliveries.ts';
import { AT } from '../../support/fake-gateway.ts';
import { releaseEntry } from '../../support/journal-entries.ts';

const event = (state: string, text: string): RecordEntry =>
  ({
    releaseId: 'release/prod/shop/web',
    runId: 'r1',
    key: 'event/1',
    kind: 'event',
    at: AT,
    data: { at: AT, state, text },
  }) as RecordEntry;

test.each([
  [event('starting', 'setting shop:v2'), 'started'],
  [event('judging', 'passed: errors: not worse'), 'passed'],
  [event('promoting', 'the guard guard/prod/shop/web watches shop:v2 for 30 minutes'), 'guard'],
  [event('soaking', 'weight 10 for 60 s'), undefined],
  [releaseEntry('r1', 1, { state: 'aborting', reason: 'errors: 12 of 44' }), 'failed'],
  [releaseEntry('r1', 1, { state: 'aborting', reason: 'trying the rollback again' }), undefined],
  [releaseEntry('r1', 1, { state: 'rolled-back', reason: 'errors', closedAt: AT }), 'rolled-back'],
  [releaseEntry('r1', 1, { state: 'succeeded', reason: 'stable', closedAt: AT }), 'succeeded'],
  [releaseEntry('r1', 1, { state: 'soaking', reason: 'weight 10' }), undefined],
])('entry %#', (entry, expected) => {
  expect(newsOf(entry)?.event).toBe(expected);
});

test('a question is told once: later records of the same question have a later time', () => {
  const waiting = { for: 'window', answers: ['override-windows', 'abort'], sinceMs: AT + 1 } as const;
  const window = { open: false, reason: 'closed by freeze', by: ['freeze'], changesAt: AT + 60_000 };
  const asked = releaseEntry('r1', 1, { state: 'waiting-for-window', reason: 'closed', waiting, window }, AT + 1);
  expect(newsOf(asked)).toMatchObject({
    event: 'asks',
    next: `Possible answers: override-windows, abort. Without an answer (${new Date(AT + 60_000).toISOString()}) it goes on when the windows open.`,
  });
  expect(newsOf({ ...asked, at: AT + 2 })).toBeUndefined();
});

test('the measurement that decided comes with its bound, and text is cleaned for its format', () => {
  const finding = { metric: 'p95', outcome: 'fail', measured: 812, limit: 500, reason: 'p95 812 ms' } as const;
  const verdict = { outcome: 'fail', reason: 'p95 <812> & more', findings: [finding], from: AT, to: AT } as const;
  const news = newsOf(releaseEntry('r1', 1, { state: 'aborting', reason: 'p95 <812> & more\u0007', verdict }));
  if (!news) throw new Error('no news');
  const slack = JSON.parse(messageOf(news, 'slack', 'http://report.example').body) as { text: string };
  expect(slack.text).toContain('p95 &lt;812&gt; &amp; more');
  expect(slack.text).toContain('p95: 812, limit 500');
  expect(slack.text).not.toContain('\u0007');
  expect(JSON.parse(messageOf(news, 'webhook', 'http://report.example').body)).toMatchObject({
    data: {
      decided: { metric: 'p95', measured: 812, limit: 500 },
      next: 'The traffic goes back to the version before.',
    },
  });
});

const snapshot = (changes: Partial<DeliveryView> = {}): RecordEntry => {
  const data = aDelivery(changes);
  return { releaseId: data.id, runId: data.runId, key: 'delivery/3', kind: 'delivery', at: AT, data };
};
const begun = (step: number, attempts: number): Partial<DeliveryView> => ({
  state: 'running',
  steps: aDelivery().steps.map((one, at) =>
    at < step ? { ...one, state: 'done' } : at === step ? { ...one, state: 'running', attempts } : one,
  ),
});

test.each([
  [snapshot(begun(0, 1)), 'started'],
  [snapshot(begun(0, 2)), undefined],
  [snapshot(begun(1, 1)), undefined],
  [snapshot(), 'asks'],
  [snapshot({ state: 'delivered' }), 'delivered'],
  [snapshot({ state: 'cancelled' }), 'cancelled'],
])('delivery %#', (entry, expected) => {
  expect(newsOf(entry)?.event).toBe(expected);
});

test('news of a delivery name it, why it waits and what goes on, and no report of a release', () => {
  const news = newsOf(snapshot());
  if (!news) throw new Error('no news');
  expect(JSON.parse(messageOf(news, 'webhook', undefined).body)).toEqual({
    type: 'sluice.delivery.asks',
    timestamp: new Date(AT).toISOString(),
    data: {
      event: 'asks',
      delivery_id: 'delivery/web',
      run_id: 'run-1',
      what: 'build has failed: BUILD_FAILED: exit code 3',
      who: 'cli:ada',
      next: 'Read the log. Possible answers: retry, which goes on at build, or cancel. Without an answer it stays as it is.',
    },
  });
  const { text } = JSON.parse(messageOf(news, 'slack', undefined).body) as { text: string };
  expect(text.split('\n')[0]).toBe('asks: web v1.0.0 to shop on prod: build has failed: BUILD_FAILED: exit code 3');
});

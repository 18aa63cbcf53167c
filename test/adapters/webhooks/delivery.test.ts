import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { createJournal, createNews } from '../../../src/adapters/journal/index.ts';
import { newsSender } from '../../../src/adapters/webhooks/index.ts';
import { MOST_TRIES, waitAfter, type NewsReceiver } from '../../../src/domain/news/delivery.ts';
import { NEWS_EVENTS } from '../../../src/domain/news/told.ts';
import { deliverNext, type NewsDeps } from '../../../src/entry/news.ts';
import { AT } from '../../support/fake-gateway.ts';
import { startHttpServer, type Answer, type HttpServer, type SeenRequest } from '../../support/http-server.ts';
import { releaseEntry } from '../../support/journal-entries.ts';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const asked = (run: string, number: number) =>
  releaseEntry(run, number, {
    state: 'waiting-for-decision',
    reason: `question ${number} of ${run}`,
    waiting: { for: 'promotion', answers: ['promote', 'abort'], sinceMs: AT + number, deadlineInMs: 3_600_000 },
  });

/** A journal in a new folder, one receiver, and a clock that the test moves. */
async function stage(answer: (request: SeenRequest) => Answer, fields: Partial<NewsReceiver> = {}, limitMs?: number) {
  const home = mkdtempSync(join(tmpdir(), 'sluice-news-'));
  open.push(async () => rmSync(home, { recursive: true }));
  const settings = { journal: 'journal.db', home };
  const journal = createJournal(settings);
  const server = await startHttpServer(answer);
  const outbox = createNews(settings);
  open.push(
    () => journal.close(),
    () => server.close(),
    () => outbox.close(),
  );
  const clock = { now: AT };
  const deps: NewsDeps = {
    outbox,
    send: newsSender(limitMs),
    now: () => clock.now,
    report: ({ runId }) => `http://report.example/${runId}`,
  };
  const secretFile = join(home, 'secret');
  writeFileSync(secretFile, `whsec_${Buffer.from('key').toString('base64')}\n`);
  const receiver: NewsReceiver = {
    name: 'team',
    url: server.url,
    secretFile,
    format: 'webhook',
    events: NEWS_EVENTS,
    namespaces: [],
    allowPrivate: true,
    ...fields,
  };
  await outbox.register(['team']);
  /** Delivers until nothing is due. */
  const drain = async () => {
    while (await deliverNext(deps, receiver));
  };
  const state = async () => (await outbox.states())[0];
  return { journal, server, outbox, deps, receiver, clock, drain, state };
}

const questions = ({ requests }: HttpServer) =>
  requests.map(({ body }) => (JSON.parse(body) as { data: { what: string } }).data.what);

test('a message is signed, has the id of its fact, the decision, and what happens next', async () => {
  const { journal, server, drain, state } = await stage(() => ({ status: 204 }));
  await journal.append([asked('r1', 1)]);
  await drain();
  const [seen] = server.requests;
  const { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signed } = seen?.headers ?? {};
  expect([id, time]).toEqual(['r1/release/1', String(Math.floor(AT / 1000))]);
  const mac = createHmac('sha256', 'key')
    .update(`${String(id)}.${String(time)}.${seen?.body}`)
    .digest('base64');
  expect(signed).toBe(`v1,${mac}`);
  expect(JSON.parse(seen?.body ?? '')).toMatchObject({
    type: 'sluice.release.asks',
    data: {
      what: 'question 1 of r1',
      next: 'Possible answers: promote, abort. Without an answer within 60 minutes it is rolled back.',
      report: 'http://report.example/r1',
    },
  });
  expect(await state()).toMatchObject({ tries: 0, dead: 0, gone: false, deliveredAt: AT });
});

test('a receiver that answers 500 gets the same message again, later each time, and the next one only after it', async () => {
  let status = 500;
  const { journal, server, drain, clock, state } = await stage(() => ({ status }));
  await journal.append([asked('r1', 1), asked('r1', 2)]);
  for (const tries of [1, 2, 3]) {
    await drain();
    expect(await state()).toMatchObject({ tries, nextAt: clock.now + waitAfter(tries), problem: 'answered 500' });
    await drain();
    expect(server.requests).toHaveLength(tries);
    clock.now += waitAfter(tries);
  }
  status = 200;
  await drain();
  expect(questions(server).slice(-2)).toEqual(['question 1 of r1', 'question 2 of r1']);
  expect(new Set(server.requests.slice(0, 4).map(({ headers }) => headers['webhook-id'])).size).toBe(1);
});

test('410 stops the receiver, and another refusal gives up that message only', async () => {
  const refused = await stage(({ body }) => ({ status: body.includes('question 1') ? 400 : 200 }));
  await refused.journal.append([asked('r1', 1), asked('r1', 2)]);
  await refused.drain();
  expect(await refused.state()).toMatchObject({ dead: 1, tries: 0 });
  expect(questions(refused.server)).toEqual(['question 1 of r1', 'question 2 of r1']);

  const gone = await stage(() => ({ status: 410 }));
  await gone.journal.append([asked('r1', 1), asked('r1', 2)]);
  await gone.drain();
  gone.clock.now += 86_400_000;
  await gone.drain();
  expect(await gone.state()).toMatchObject({ gone: true, problem: 'answered 410' });
  expect(gone.server.requests).toHaveLength(1);
});

test('a receiver that is dead is tried for about a day, and then that message is given up', async () => {
  const { journal, server, drain, clock, state } = await stage(() => ({ status: 200 }));
  await server.close();
  await journal.append([asked('r1', 1)]);
  const began = clock.now;
  for (let tries = 1; tries < MOST_TRIES; tries += 1) {
    await drain();
    expect(await state()).toMatchObject({ tries, problem: expect.stringContaining('ECONNREFUSED') });
    clock.now += waitAfter(tries);
  }
  await drain();
  expect(await state()).toMatchObject({ dead: 1, tries: 0 });
  expect(clock.now - began).toBeGreaterThan(20 * 3_600_000);
});

test('a receiver that takes the message and never answers is tried again', async () => {
  const { journal, server, drain, state } = await stage(() => ({ silent: true }), {}, 200);
  await journal.append([asked('r1', 1)]);
  await drain();
  expect(await state()).toMatchObject({ tries: 1, problem: 'no answer within 0.2 s' });
  expect(server.requests).toHaveLength(1);
});

test('a redirect is not followed', async () => {
  const other = await startHttpServer(() => ({ status: 200 }));
  open.push(() => other.close());
  const { journal, drain, state } = await stage(() => ({ status: 302, headers: { location: other.url } }));
  await journal.append([asked('r1', 1)]);
  await drain();
  expect(await state()).toMatchObject({ dead: 1, problem: 'answered 302' });
  expect(other.requests).toEqual([]);
});

test.each([
  ['http', /not https/],
  ['https', /127\.0\.0\.1 is not a public address|localhost is .*, which is not a public address/],
])('without allow_private nothing reaches a private address by %s, also by its name', async (scheme, problem) => {
  for (const host of ['127.0.0.1', 'localhost']) {
    const { journal, server, drain, state, receiver } = await stage(() => ({ status: 200 }), { allowPrivate: false });
    Object.assign(receiver, { url: `${scheme}://${host}:${new URL(server.url).port}/` });
    await journal.append([asked('r1', 1)]);
    await drain();
    expect(await state()).toMatchObject({ tries: 1, problem: expect.stringMatching(problem) });
    expect(server.connections()).toBe(0);
  }
});

test('two workers do not send a message at once, and a turn that is over changes nothing', async () => {
  const { journal, outbox, server, deps, receiver, clock } = await stage(() => ({ status: 200 }));
  await journal.append([asked('r1', 1)]);
  expect(await outbox.take('team', clock.now, clock.now + 30_000)).toEqual({ seq: 0, tries: 0 });
  expect(await deliverNext(deps, receiver)).toBe(false);
  expect(server.requests).toEqual([]);
  // The other worker has died.
  clock.now += 30_001;
  expect(await deliverNext(deps, receiver)).toBe(true);
  expect(await outbox.advance('team', AT + 30_000, 99)).toBe(false);
  expect(server.requests).toHaveLength(1);
});

test('a new receiver begins with what is new, and gets only its events and namespaces', async () => {
  const { journal, outbox, server, deps, receiver, drain } = await stage(() => ({ status: 200 }), {
    events: ['refused'],
  });
  await journal.append([asked('r1', 1), releaseEntry('r1', 2, { state: 'refused', reason: 'rejected', closedAt: AT })]);
  await outbox.register(['late']);
  await drain();
  expect(questions(server)).toEqual(['rejected']);
  const late = { ...receiver, name: 'late', events: NEWS_EVENTS };
  while (await deliverNext(deps, late));
  expect(server.requests).toHaveLength(1);
  const elsewhere = { ...receiver, namespaces: ['other'], events: NEWS_EVENTS };
  await journal.append([asked('r2', 1)]);
  while (await deliverNext(deps, elsewhere));
  expect(server.requests).toHaveLength(1);
});

test.each([
  ['slack', 'application/json', { text: expect.stringContaining('asks: shop/web on prod: question 1 of r1\n') }],
  [
    'cloudevents',
    'application/cloudevents+json',
    { specversion: '1.0', id: 'r1/release/1', type: 'sluice.release.asks', subject: 'release/prod/shop/web' },
  ],
] as const)('the format %s', async (format, type, body) => {
  const { journal, server, drain } = await stage(() => ({ status: 200 }), { format });
  await journal.append([asked('r1', 1)]);
  await drain();
  expect(server.requests[0]?.headers['content-type']).toBe(type);
  expect(JSON.parse(server.requests[0]?.body ?? '')).toMatchObject(body);
});

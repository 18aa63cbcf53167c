import { setTimeout } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { SluiceError } from '../../src/domain/errors.ts';
import { readMessage } from '../../src/domain/gateway/message.ts';
import { Conversation } from '../../src/gateway/conversation.ts';
import { SharedWire } from '../../src/gateway/shared-wire.ts';
import { Supervisor } from '../../src/gateway/supervisor.ts';
import { LIMITS, OWN, type Answer } from '../../src/gateway/upstream.ts';
import { WireUpstream } from '../../src/gateway/wire-upstream.ts';
import type { OpenWire, WireEvents } from '../../src/gateway/wire.ts';

interface FakeWire {
  readonly sent: string[];
  readonly events: WireEvents;
  paused: boolean;
}

/** Wires without another side. The test speaks for it. */
function fakeWires(): { readonly open: OpenWire; readonly wires: FakeWire[] } {
  const wires: FakeWire[] = [];
  const open: OpenWire = (events) => {
    const wire: FakeWire = { sent: [], events, paused: false };
    wires.push(wire);
    return {
      send: (text) => void wire.sent.push(text),
      pause: () => void (wire.paused = true),
      resume: () => void (wire.paused = false),
      close: () => Promise.resolve(),
    };
  };
  return { open, wires };
}

interface Heard extends Answer {
  readonly texts: string[];
  readonly errors: SluiceError[];
  ready: () => void;
  open: boolean;
}

function listener(open = true): Heard {
  const heard: Heard = {
    texts: [],
    errors: [],
    open,
    ready: () => undefined,
    accepted: () => undefined,
    message: (text) => (heard.texts.push(text), heard.open),
    end: () => undefined,
    refuse: () => undefined,
    fail: (error) => void heard.errors.push(error),
    whenReady: (resume) => void (heard.ready = resume),
  };
  return heard;
}

function ask(fields: object) {
  const body = { jsonrpc: '2.0', ...fields };
  const message = readMessage(body);
  if (!message) throw new Error('no message');
  return { text: JSON.stringify(body), message, headers: {}, signal: new AbortController().signal };
}

const gone = new SluiceError('UPSTREAM_UNREACHABLE', 'gone');
const token = (progressToken: number) => ({ _meta: { progressToken } });

test('a version that ends without a word is opened again with growing pauses', () => {
  const { open, wires } = fakeWires();
  let now = 0;
  const supervisor = new Supervisor(open, 10, 0, () => now);
  const nobody = { message() {}, oversized() {}, closed() {} };
  const waits: number[] = [];
  for (let turn = 0; turn < 12; turn += 1) {
    supervisor.open(nobody);
    wires.at(-1)?.events.closed(gone);
    const from = now;
    for (;;)
      try {
        supervisor.open(nobody);
        break;
      } catch {
        now += 100;
      }
    wires.at(-1)?.events.message('{}');
    wires.at(-1)?.events.closed(gone);
    waits.push(now - from);
  }
  // A word in between starts the pauses anew.
  expect(waits).toEqual(Array(12).fill(0));
  const growing: number[] = [];
  for (let turn = 0; turn < 12; turn += 1) {
    const from = now;
    for (;;)
      try {
        supervisor.open(nobody);
        break;
      } catch {
        now += 100;
      }
    wires.at(-1)?.events.closed(gone);
    growing.push(now - from);
  }
  expect(growing).toEqual([0, 0, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000]);
  expect(supervisor.size).toBe(0);
});

test('the close of a version waits for a process that was given up before and has not ended', async () => {
  let events: WireEvents | undefined;
  const open: OpenWire = (of) => {
    events = of;
    const nothing = () => undefined;
    return { send: nothing, pause: nothing, resume: nothing, close: () => ended };
  };
  let end = () => undefined as void;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const upstream = new WireUpstream(open, LIMITS);
  const caller = listener();
  upstream.send(ask({ id: 1, method: 'server/discover' }), caller);
  for (let line = 0; line < 100; line += 1) events?.message('starting');
  expect(caller.errors).toMatchObject([{ code: 'UPSTREAM_INVALID' }]);

  const closing = upstream.close().then(() => 'closed');
  expect(await Promise.race([closing, setTimeout(20, 'waits')])).toBe('waits');
  events?.closed(gone);
  end();
  expect(await closing).toBe('closed');
});

test('a message waits for a short pause, and is not lost', async () => {
  const { open, wires } = fakeWires();
  const supervisor = new Supervisor(open, 10);
  const conversation = new Conversation((events) => supervisor.open(events), LIMITS);
  for (const id of [1, 2]) {
    conversation.send(ask({ id, method: 'tools/call' }), listener());
    wires.at(-1)?.events.closed(gone);
  }
  const third = listener();
  conversation.send(ask({ id: 3, method: 'tools/call' }), third);
  expect([third.errors, wires.length]).toEqual([[], 2]);
  await setTimeout(300);
  expect(wires[2]?.sent.map((text) => readMessage(JSON.parse(text))?.id)).toEqual([3]);
});

test('a session that lost its wire repeats the handshake first, and only then sends what waits', () => {
  const { open, wires } = fakeWires();
  const conversation = new Conversation(open, LIMITS);
  const [first, lost, next] = [listener(), listener(), listener()];
  conversation.send(ask({ id: 1, method: 'initialize', params: { protocolVersion: 'x' } }), first);
  wires[0]?.events.message('{"id":1,"result":{}}');
  conversation.send(ask({ method: 'notifications/initialized' }), listener());
  conversation.send(ask({ id: 2, method: 'tools/call' }), lost);
  wires[0]?.events.closed(gone);
  conversation.send(ask({ id: 3, method: 'tools/call' }), next);
  expect(lost.errors).toEqual([gone]);
  expect(wires[1]?.sent.map((text) => readMessage(JSON.parse(text))?.method)).toEqual(['initialize']);
  wires[1]?.events.message('{"id":"sluice-handshake","result":{}}');
  const methods = wires[1]?.sent.map((text) => readMessage(JSON.parse(text)));
  expect(methods?.map((message) => [message?.method, message?.id])).toEqual([
    ['initialize', 'sluice-handshake'],
    ['notifications/initialized', undefined],
    ['tools/call', 3],
  ]);
  wires[1]?.events.message('{"id":3,"result":{"a":1.0}}');
  expect(next.texts).toEqual(['{"id":3,"result":{"a":1.0}}']);
});

test('a caller that reads slowly pauses its own wire', () => {
  const { open, wires } = fakeWires();
  const conversation = new Conversation(open, LIMITS);
  const slow = listener(false);
  conversation.send(ask({ id: 1, method: 'tools/call' }), slow);
  wires[0]?.events.message('{"method":"notifications/message"}');
  expect(wires[0]?.paused).toBe(true);
  slow.ready();
  expect(wires[0]?.paused).toBe(false);
});

test('callers with equal ids and tokens share a wire, and each gets its own messages', () => {
  const { open, wires } = fakeWires();
  const shared = new SharedWire(open, LIMITS);
  const [ann, bob] = [listener(), listener()];
  shared.send(ask({ id: 7, method: 'tools/call', params: token(7) }), ann);
  shared.send(ask({ id: 7, method: 'tools/call', params: token(7) }), bob);
  const [one, two] = (wires[0]?.sent ?? []).map((text) => readMessage(JSON.parse(text)));
  expect(one?.id).not.toBe(two?.id);
  const progress = (id: unknown) => `{"method":"notifications/progress","params":{"progressToken":${String(id)}}}`;
  wires[0]?.events.message(progress(two?.id));
  wires[0]?.events.message('{"method":"notifications/message","params":{"data":"private"}}');
  wires[0]?.events.message(`{"id":${String(one?.id)},"result":{"n":10000000000000000001}}`);
  expect(ann.texts).toEqual(['{"id":7,"result":{"n":10000000000000000001}}']);
  expect(bob.texts).toEqual(['{"method":"notifications/progress","params":{"progressToken":7}}']);
});

test.each([
  ['two callers without a subscription', 'tools/call', 'bob', []],
  ['a call beside the subscription of another caller', 'subscriptions/listen', 'bob', ['ann']],
  ['two calls of one client over stdio', 'tools/call', 'ann', ['bob']],
  ['a call beside a list that the gateway reads for itself', 'tools/list', OWN, ['ann']],
])('a log message that names no request goes to whom alone it can be meant for: %s', (_, method, second, readers) => {
  const { open, wires } = fakeWires();
  const shared = new SharedWire(open, LIMITS);
  const [ann, bob] = [listener(), listener()];
  shared.send({ ...ask({ id: 1, method: 'tools/call' }), caller: 'ann' }, ann);
  shared.send({ ...ask({ id: 1, method }), caller: second }, bob);
  wires[0]?.events.message('{"method":"notifications/message"}');
  const heard = { ann: ann.texts, bob: bob.texts };
  expect(Object.entries(heard).flatMap(([name, texts]) => (texts.length > 0 ? [name] : []))).toEqual(readers);
});

const logging = (level?: string) =>
  level === undefined ? {} : { _meta: { 'io.modelcontextprotocol/logLevel': level } };

test.each([
  ['that alone asks for log messages', undefined, 'info', ['bob']],
  ['that alone asks for such a severe one', 'error', 'info', ['bob']],
  ['and to none of two that ask', 'info', 'info', []],
  ['and to none if it is below what all of them ask for', 'error', 'debug', []],
])('of two requests of two callers, a log message goes to the one %s', (_, anns, level, readers) => {
  const { open, wires } = fakeWires();
  const shared = new SharedWire(open, LIMITS);
  const [ann, bob] = [listener(), listener()];
  shared.send({ ...ask({ id: 1, method: 'tools/call', params: logging(anns) }), caller: 'ann' }, ann);
  shared.send({ ...ask({ id: 1, method: 'tools/call', params: logging('info') }), caller: 'bob' }, bob);
  wires[0]?.events.message(JSON.stringify({ method: 'notifications/message', params: { level, data: 'x' } }));
  const heard = { ann: ann.texts, bob: bob.texts };
  expect(Object.entries(heard).flatMap(([name, texts]) => (texts.length > 0 ? [name] : []))).toEqual(readers);
});

test('a notification of a caller reaches the version, unless it names a request', () => {
  const { open, wires } = fakeWires();
  const shared = new SharedWire(open, LIMITS);
  shared.send(ask({ method: 'notifications/example.org/own' }), listener());
  shared.send(ask({ method: 'notifications/cancelled', params: { requestId: 1 } }), listener());
  expect(wires[0]?.sent).toEqual(['{"jsonrpc":"2.0","method":"notifications/example.org/own"}']);
});

test('a request whose caller has gone is cancelled with the envelope, without which servers expect a session', () => {
  const { open, wires } = fakeWires();
  const shared = new SharedWire(open, LIMITS);
  const gone = new AbortController();
  shared.send({ ...ask({ id: 1, method: 'tools/call' }), signal: gone.signal }, listener());
  gone.abort();
  const _meta = expect.objectContaining({ 'io.modelcontextprotocol/protocolVersion': '2026-07-28' });
  expect(JSON.parse(wires[0]?.sent[1] ?? '')).toMatchObject({
    method: 'notifications/cancelled',
    params: { requestId: 1, _meta },
  });
});

test('a request of a server is refused where the revision has none', () => {
  const { open, wires } = fakeWires();
  const shared = new SharedWire(open, LIMITS);
  const caller = listener();
  shared.send(ask({ id: 1, method: 'tools/call' }), caller);
  wires[0]?.events.message('{"id":"s","method":"sampling/createMessage"}');
  expect(JSON.parse(wires[0]?.sent[1] ?? '')).toMatchObject({ id: 's', error: { code: -32601 } });
  expect(caller.texts).toEqual([]);
});

import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { SluiceError } from '../../src/domain/errors.ts';
import { createTracing, type RunningTracing } from '../../src/observability/tracing/sdk.ts';
import type { Sampling } from '../../src/observability/tracing/settings.ts';
import { inSpan, isTracing, openSpan, presentTrace, useTracing } from '../../src/observability/tracing/spans.ts';
import { createFakeGateway } from '../support/fake-gateway.ts';
import { startTestServer } from '../support/mcp-server.ts';
import { startOtlpReceiver, type OtlpReceiver } from '../support/otlp-receiver.ts';
import { send } from '../support/rest.ts';

const TRACE = 'a'.repeat(32);
const PARENT = 'b'.repeat(16);
const FROM = { traceparent: `00-${TRACE}-${PARENT}-01` };
const NOT_KEPT = { traceparent: `00-${TRACE}-${PARENT}-00` };
const EVERY: Sampling = { ratio: 1, followed: true };
const INTERNAL = { kind: 'internal' } as const;

let receiver: OtlpReceiver;
let tracing: RunningTracing;
let sendings: (string | undefined)[];

function trace(sampler = EVERY, endpoint = receiver.endpoint): void {
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = endpoint;
  sendings = [];
  tracing = createTracing({ service: 'one', version: '1.2.3', sampler, onSending: (one) => sendings.push(one) });
  useTracing(tracing);
}

beforeEach(async () => {
  receiver = await startOtlpReceiver();
  trace();
});
afterEach(async () => {
  useTracing(undefined);
  for (const name of Object.keys(process.env)) if (name.startsWith('OTEL_')) Reflect.deleteProperty(process.env, name);
  await tracing.close();
  await receiver.close();
});

const named = (name: string) => receiver.spans.find((span) => span.name === name);

describe('spans', () => {
  test('a span in a span is its child, and both arrive with the service', async () => {
    await inSpan('outer', { kind: 'server', attributes: { one: 1, two: 'b' } }, () =>
      inSpan('inner', INTERNAL, async () => undefined),
    );
    await tracing.close();

    expect(named('outer')).toMatchObject({ service: 'one', parentId: '', attributes: { one: 1, two: 'b' }, kind: 2 });
    expect(named('inner')).toMatchObject({ parentId: named('outer')?.spanId, traceId: named('outer')?.traceId });
    expect(receiver.headers).toMatchObject({ path: '/v1/traces', 'content-type': 'application/x-protobuf' });
  });

  test('what an MCP client reads is a span of its request, with the error of a read that fails and without its address', async () => {
    const server = await startTestServer(createFakeGateway(), false);
    const { traceparent } = FROM;
    const type = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
    const ask = (method: string, params: object) =>
      send(server.mcpUrl, {
        headers: { ...type, 'mcp-protocol-version': '2025-11-25', traceparent },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
      });
    await ask('resources/list', {});
    await ask('resources/read', { uri: 'nothing://hidden-name' });
    await server.close();
    await tracing.close();

    const requests = receiver.spans.filter(({ name }) => name === 'POST /mcp').map(({ spanId }) => spanId);
    for (const name of ['resources/list', 'resources/read']) {
      expect(named(name)).toMatchObject({ traceId: TRACE, attributes: { 'mcp.method.name': name } });
      expect(requests).toContain(named(name)?.parentId);
    }
    expect([named('resources/list')?.failed, named('resources/read')?.failed]).toEqual([false, true]);
    expect(receiver.spans.map(({ text }) => text).join()).not.toContain('hidden-name');
  });

  test('the present span survives what is awaited, and ends with the work', async () => {
    const seen = await inSpan('outer', INTERNAL, async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return presentTrace();
    });
    await tracing.close();

    const { traceId, spanId } = named('outer') ?? {};
    expect(seen).toEqual({ traceparent: `00-${traceId}-${spanId}-01` });
    expect(presentTrace()).toBeUndefined();
  });

  test('a trace from another process is continued, and the present span becomes a link', async () => {
    await inSpan('transport', INTERNAL, () => inSpan('message', { ...INTERNAL, from: FROM }, async () => undefined));
    await tracing.close();

    expect(named('message')).toMatchObject({ traceId: TRACE, parentId: PARENT, links: [named('transport')?.spanId] });
  });

  test.each(['', 'x', `00-${'0'.repeat(32)}-${PARENT}-01`, `ff-${TRACE}-${PARENT}-01`])(
    'the trace "%s" of a caller is none',
    async (traceparent) => {
      await inSpan('outer', INTERNAL, () =>
        inSpan('inner', { ...INTERNAL, from: { traceparent }, link: { traceparent } }, async () => undefined),
      );
      await tracing.close();

      expect(named('inner')).toMatchObject({ parentId: named('outer')?.spanId, links: [] });
    },
  );

  test('a failure has the code of the catalogue, and no message', async () => {
    const fails = inSpan('fails', INTERNAL, async () => {
      throw new SluiceError('TARGET_BUSY', 'a text of mine');
    });
    await expect(fails).rejects.toThrow('a text of mine');
    await tracing.close();

    expect(named('fails')).toMatchObject({ failed: true, attributes: { 'error.type': 'TARGET_BUSY' } });
    expect(named('fails')?.text).not.toContain('a text of mine');
  });

  test('what is said to be no failure is none', async () => {
    await inSpan(
      'stops',
      INTERNAL,
      async () => Promise.reject(new Error('stop')),
      () => undefined,
    ).catch(() => 0);
    await tracing.close();

    expect(named('stops')).toMatchObject({ failed: false });
  });
});

describe('which traces are kept', () => {
  test.each([
    ['one that the caller does not keep is not kept', EVERY, NOT_KEPT, 0],
    ['one that the caller keeps is kept', { ratio: 0, followed: true }, FROM, 1],
    ['a sampler that follows nobody decides itself', { ratio: 0, followed: false }, FROM, 0],
    ['a sampler that keeps all keeps all', { ratio: 1, followed: false }, NOT_KEPT, 1],
    ['of its own none', { ratio: 0, followed: true }, undefined, 0],
  ])('%s', async (_, sampler, from, count) => {
    trace(sampler);
    await inSpan('one', { ...INTERNAL, from }, async () => undefined);
    await tracing.close();

    expect(receiver.spans).toHaveLength(count);
  });

  test('the decision goes on to the next process', async () => {
    expect(await inSpan('one', { ...INTERNAL, from: NOT_KEPT }, async () => presentTrace())).toEqual({
      traceparent: expect.stringMatching(`^00-${TRACE}-[0-9a-f]{16}-00$`),
    });
  });
});

describe('the standard variables', () => {
  test('headers, the name of the service and attributes of the process are sent', async () => {
    process.env['OTEL_EXPORTER_OTLP_HEADERS'] = 'x-key=word';
    process.env['OTEL_SERVICE_NAME'] = 'mine';
    process.env['OTEL_RESOURCE_ATTRIBUTES'] = 'team=shop';
    trace();
    await inSpan('one', INTERNAL, async () => undefined);
    await tracing.close();

    expect(receiver.headers).toMatchObject({ 'x-key': 'word' });
    expect(named('one')).toMatchObject({ service: 'mine' });
    expect(named('one')?.text).toContain('team');
    expect(named('one')?.text).not.toContain('word');
  });

  test('the words of the command line are not sent', async () => {
    await inSpan('one', INTERNAL, async () => undefined);
    await tracing.close();

    expect(process.argv[1]).toBeDefined();
    expect(named('one')?.text).not.toContain(process.argv[1]);
  });
});

describe('a collector that is away', () => {
  test('is told once, and again when it is back', async () => {
    let answer = 503;
    const server = createServer((request, response) => {
      request.resume().once('end', () => response.writeHead(answer).end());
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    process.env['OTEL_EXPORTER_OTLP_TIMEOUT'] = '100';
    trace(EVERY, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const flush = async () => {
      await inSpan('one', INTERNAL, async () => undefined);
      await tracing.flush();
    };
    await flush();
    await flush();
    expect(sendings).toEqual([expect.any(String)]);

    answer = 200;
    await flush();
    await flush();
    expect(sendings).toEqual([expect.any(String), undefined]);
    server.closeAllConnections();
    server.close();
  });
});

test('while tracing is off nothing is opened, and work is called as it is', async () => {
  useTracing(undefined);
  const work = Promise.resolve('done');

  expect(isTracing()).toBe(false);
  expect(openSpan('one', INTERNAL)).toBeUndefined();
  expect(presentTrace()).toBeUndefined();
  expect(await inSpan('one', INTERNAL, () => work)).toBe('done');
});

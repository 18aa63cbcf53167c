import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { percentile, ratioToBetter, short } from '../../bench/tools/figures.ts';
import { HttpWire } from '../../bench/tools/http-wire.ts';
import { document, tables } from '../../bench/tools/report.ts';
import type { Results, Row } from '../../bench/tools/run.ts';
import { StdioWire } from '../../bench/tools/stdio-wire.ts';

test('a percentile is one of the values, with at least its share of them at or below', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (values, share) => {
        const found = percentile(values, share);
        expect(values).toContain(found);
        expect(values.filter((value) => value <= found).length).toBeGreaterThanOrEqual(share * values.length - 1e-9);
        expect(values.filter((value) => value < found).length).toBeLessThanOrEqual(share * values.length);
      },
    ),
  );
});

test('a ratio is to the better of the others', () => {
  expect(ratioToBetter(1, [10, 4])).toBe(0.25);
  expect(short(ratioToBetter(1, []))).toBe('–');
  expect([0.434, 1.26, 12.3].map(short)).toEqual(['0.43', '1.3', '12']);
});

const PIECES = `
const answer = JSON.stringify({ jsonrpc: '2.0', id: 1, result: { text: 'x'.repeat(200000) + 'ü' } }) + '\\n';
process.stdin.once('data', () => {
  process.stdout.write(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params: {} }) + '\\n' + answer.slice(0, 100000));
  setTimeout(() => process.stdout.write(answer.slice(100000)), 5);
});`;

test('over pipes an answer is put together from its pieces, and notifications are passed by', async () => {
  const wire = new StdioWire({ command: process.execPath, args: ['-e', PIECES], env: process.env });
  try {
    const { result, bytes, ms } = await wire.request('tools/list', {});
    expect(String(result['text'])).toHaveLength(200_001);
    expect(bytes).toBeGreaterThan(200_001);
    expect(ms).toBeGreaterThan(0);
  } finally {
    await wire.close();
  }
});

test('over pipes the end of the server ends a request', async () => {
  const wire = new StdioWire({ command: process.execPath, args: ['-e', ''], env: process.env });

  await expect(wire.request('tools/list', {})).rejects.toThrow('ended');
});

test.each([
  ['JSON', 'application/json', (answer: string) => answer],
  [
    'server-sent events',
    'text/event-stream',
    (answer: string) =>
      `: hello\n\nevent: message\ndata: {"jsonrpc":"2.0","method":"x"}\n\nevent: message\ndata: ${answer}\n\n`,
  ],
])('over HTTP an answer is read from %s, and the session is kept', async (_, type, form) => {
  const sessions: unknown[] = [];
  const server = createServer((request, response) => {
    sessions.push(request.headers['mcp-session-id']);
    const chunks: Buffer[] = [];
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        const { id } = JSON.parse(Buffer.concat(chunks).toString()) as { id: number };
        response
          .writeHead(200, { 'content-type': type, 'mcp-session-id': 's-1' })
          .end(form(JSON.stringify({ jsonrpc: '2.0', id, result: { call: id } })));
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const wire = new HttpWire(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`);

  expect((await wire.request('tools/list', {})).result).toEqual({ call: 1 });
  expect((await wire.request('tools/list', {})).result).toEqual({ call: 2 });
  expect(sessions).toEqual([undefined, 's-1']);
  await wire.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const sample = (ms: number) => [{ ms, bytes: 10 }];
const row = (question: Row['question'], size: number, ours: number): Row => ({
  via: 'stdio, raw',
  pace: 'in a row',
  question,
  size,
  samples: { sluice: sample(ours), 'kubernetes-mcp-server': sample(20), 'mcp-server-kubernetes': sample(100) },
});
const results: Results = {
  rows: [row('list', 1, 1), row('status', 1, 4), row('status', 1000, 4.4), row('tools/list', 1, 30)],
  starts: { sluice: [{ readyMs: 300, firstListMs: 700 }] },
  memory: { sluice: [{ size: 1, restMib: 100.4, mostMib: 120.6 }] },
  busy: [0.2],
};

test('the tables hold each figure against its aim', () => {
  const text = tables(results).replaceAll(/ +/g, ' ');

  expect(text).toContain('| list | 1 | 1.0 / 1.0 | 20 / 20 | 100 / 100 | 0.05 | ≤ 0.1: met |');
  expect(text).toContain('| status of one | 1 | 4.0 / 4.0 | 20 / 20 | 100 / 100 | 0.20 | ≤ 0.1: NOT met |');
  expect(text).toContain('| tools/list | 1 | 30 / 30 | 20 / 20 | 100 / 100 | 1.5 | ≤ 1: NOT met |');
  expect(text).toContain('| stdio, raw | 1: 4.0 ms, 1000: 4.4 ms | 1.1 | ≤ 1.25: met |');
  expect(text).toContain('| until initialize is answered | 300 (300) | – | – | ≤ 800: met |');
  expect(text).toContain('| 1 | 100 (121) | – | – |');
});

test('a page from a busy machine says so', () => {
  expect(document(results, 100)).not.toContain('busy with other work');
  expect(document({ ...results, busy: [99] }, 100)).toContain('busy with other work');
});

import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { afterAll, expect, jest, test } from '@jest/globals';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { startOtlpReceiver, type ReceivedSpan } from '../support/otlp-receiver.ts';
import { eventually } from '../support/releases-wait.ts';
import { ServerRelease } from '../support/server-release.ts';
import { startTestTemporal } from '../support/temporal.ts';

jest.setTimeout(600_000);
const temporal = await startTestTemporal();
const receiver = await startOtlpReceiver();
afterAll(async () => {
  await receiver.close();
  await temporal.stop();
});

const [START, PROMOTE, GET] = ['1', '2', '3'].map((digit) => digit.repeat(32)) as [string, string, string];
const CALLER = 'c'.repeat(16);
const carrier = (trace: string) => ({ traceparent: `00-${trace}-${CALLER}-01` });
const SERVER = 2;
const CONSUMER = 5;
const REASON = 'a reason that nobody else has to know';

/** The address at which a server listens, from its log. */
async function listening(server: ChildProcess): Promise<string> {
  for await (const line of createInterface(server.stderr as Readable)) {
    const { url } = (line.startsWith('{') ? JSON.parse(line) : {}) as { url?: string };
    if (url === undefined) continue;
    // The end of the loop pauses the stream.
    setImmediate(() => server.stderr?.resume());
    return url;
  }
  throw new Error('the server has ended');
}

const inTrace = (trace: string, name: string) => (span: ReceivedSpan) => span.traceId === trace && span.name === name;
const isActivity = ({ name }: ReceivedSpan): boolean => name.startsWith('RunActivity:');
const activitiesOf = (trace: string) => receiver.spans.filter((span) => span.traceId === trace && isActivity(span));

async function callTool(url: string, name: string, args: Record<string, unknown>): Promise<void> {
  const client = new Client({ name: 'traced', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  const { isError, content } = await client.callTool({ name, arguments: args, _meta: carrier(START) });
  await client.close();
  expect({ isError: isError ?? false, content }).toMatchObject({ isError: false });
}

async function post(url: string, args: Record<string, unknown>): Promise<void> {
  const headers = { 'content-type': 'application/json', ...carrier(PROMOTE) };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(args) });
  if (answer.status !== 200) throw new Error(`${answer.status}: ${await answer.text()}`);
}

test('one trace goes from a call to each activity that it caused, over server and worker, also over a killed one', async () => {
  const one = new ServerRelease(temporal, 'traced');
  await one.open();
  const quick = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint, OTEL_BSP_SCHEDULE_DELAY: '200' };
  Object.assign(one.environment, quick, { MCP_PORT: '0', MCP_ALLOW_WRITE: 'true', SLUICE_LOCAL_ACCESS: 'open' });
  try {
    const first = one.program('worker');
    const server = one.program('serve');
    const url = await listening(server);
    await callTool(url, 'release_start', one.file({ require_manual_promotion: true }));
    one.follow();
    await one.until(({ state }) => state === 'waiting-for-decision');
    await receiver.span('the step was judged', inTrace(START, 'RunActivity:shift'));
    first.kill('SIGKILL');
    const second = one.program('worker');
    await eventually('the second worker answers', () => one.view().catch(() => undefined));
    const release = 'release/mcp/servers/traced';
    await post(url.replace('/mcp', '/engine/v1/tools/release_promote'), {
      release_id: release,
      all: true,
      confirm: release,
      reason: REASON,
    });
    expect(await one.ended()).toMatchObject({ state: 'succeeded' });
    one.environment['TRACEPARENT'] = carrier(GET).traceparent;
    await one.command('release', 'get', release);

    // The start, called over MCP: what the message names is the cause, and its request is a link.
    const called = await receiver.span('the call', inTrace(START, 'tools/call release_start'));
    expect(called).toMatchObject({ service: 'sluice-server', parentId: CALLER, kind: SERVER, failed: false });
    const requests = receiver.spans.filter(({ name }) => name === 'POST /mcp');
    expect(requests.map(({ spanId }) => spanId)).toContain(called.links[0]);
    const started = await receiver.span('the start', inTrace(START, 'StartWorkflow:release'));
    expect(started).toMatchObject({ parentId: called.spanId, attributes: { temporalWorkflowId: release } });
    for (const name of ['preflight', 'start', 'shift', 'judge'])
      expect(await receiver.span(name, inTrace(START, `RunActivity:${name}`))).toMatchObject({
        ...{ service: 'sluice-worker', kind: CONSUMER, parentId: started.spanId, links: [] },
        attributes: { temporalWorkflowId: release },
      });

    // The command, called over REST: what it caused has the start as a link.
    const request = await receiver.span('the request', inTrace(PROMOTE, 'POST /engine/v1/tools/:name'));
    expect(request).toMatchObject({ parentId: CALLER, attributes: { 'http.response.status_code': 200 } });
    const tool = await receiver.span('the tool', inTrace(PROMOTE, 'release_promote'));
    expect(tool).toMatchObject({ service: 'sluice-server', parentId: request.spanId });
    const sent = await receiver.span('the update', inTrace(PROMOTE, 'StartWorkflowUpdate:promote'));
    expect(sent).toMatchObject({ parentId: tool.spanId });
    expect(await receiver.span('its effect', inTrace(PROMOTE, 'RunActivity:shift'))).toMatchObject({
      ...{ service: 'sluice-worker', parentId: sent.spanId, links: [started.spanId] },
    });
    await receiver.span('the end', inTrace(PROMOTE, 'RunActivity:unclaim'));

    // Both workers took part, and no activity of the release is outside of both traces.
    const workers = new Set(receiver.spans.filter(isActivity).map(({ pid }) => pid));
    expect(workers).toEqual(new Set([first.pid, second.pid]));
    expect(receiver.spans.filter(isActivity)).toHaveLength(activitiesOf(START).length + activitiesOf(PROMOTE).length);

    expect(await receiver.span('the command line', inTrace(GET, 'release_get'))).toMatchObject({
      ...{ service: 'sluice-cli', parentId: CALLER, failed: false },
    });
    expect(receiver.spans.filter(({ text }) => text.includes(REASON))).toEqual([]);
    expect(receiver.spans.filter(({ failed }) => failed).map(({ name }) => name)).toEqual([]);
  } finally {
    await one.close();
  }
});

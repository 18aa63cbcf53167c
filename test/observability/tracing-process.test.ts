import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { startOtlpReceiver } from '../support/otlp-receiver.ts';

const BIN = fileURLToPath(new URL('../../bin/sluice.mjs', import.meta.url));
/** Tells each library of OpenTelemetry that a process loads. */
const HOOK = `import { registerHooks } from 'node:module';
registerHooks({ load(url, context, next) {
  if (url.includes('/@opentelemetry/')) process.stderr.write('loads ' + url + '\\n');
  return next(url, context);
} });`;
const TELLING = { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(HOOK)}` };
const READS = ['server', 'status', 'nowhere'];
/** Exit code of SERVER_NOT_FOUND. */
const NOT_FOUND = 5;

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line, about a server that does not exist: it answers with an error, and needs no other process. */
function sluice(args: readonly string[], env: Record<string, string>): Promise<Ended> {
  const own = { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent' };
  const options = { env: { ...own, ...env }, maxBuffer: Number.POSITIVE_INFINITY };
  return new Promise((resolve) =>
    execFile(process.execPath, [BIN, ...args], options, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    ),
  );
}

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.each([
  ['without an endpoint', READS, {}],
  ['when it is disabled', READS, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_SDK_DISABLED: 'true' }],
  ['for a help', ['--help'], { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' }],
])(
  '%s no library of OpenTelemetry is loaded',
  async (_, args, env) => {
    expect((await sluice(args, { ...env, ...TELLING })).stderr).not.toContain('loads ');
  },
  60_000,
);

test('with an endpoint they are loaded', async () => {
  const { stderr } = await sluice(READS, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', ...TELLING });

  expect(stderr).toMatch(/^loads .*\/@opentelemetry\/sdk-trace\//m);
}, 60_000);

test('with an endpoint a call is sent with its error, and its answer stays the same', async () => {
  const receiver = await startOtlpReceiver();
  const traceparent = `00-${'d'.repeat(32)}-${'e'.repeat(16)}-01`;
  const plain = await sluice(READS, {});
  const traced = await sluice(READS, { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint, TRACEPARENT: traceparent });
  await receiver.close();

  expect(plain.code).toBe(NOT_FOUND);
  expect(traced).toEqual(plain);
  expect(receiver.spans).toMatchObject([
    {
      ...{ service: 'sluice-cli', name: 'mcp_server_status', traceId: 'd'.repeat(32), parentId: 'e'.repeat(16) },
      ...{ failed: true, attributes: { 'error.type': 'SERVER_NOT_FOUND' } },
    },
  ]);
  expect(receiver.spans[0]?.text).not.toContain(BIN);
}, 60_000);

test('a collector that is away, or does not answer, changes neither answer nor exit code, and is named', async () => {
  const silent = createServer(() => undefined);
  const away = createServer();
  const [slow, gone] = [await listening(silent), await listening(away)];
  away.close();
  const plain = await sluice(READS, {});
  for (const endpoint of [slow, gone]) {
    const traced = await sluice(READS, { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });

    expect({ ...traced, stderr: '' }).toEqual({ ...plain, stderr: '' });
    expect(traced.stderr).toBe(
      `${plain.stderr}Traces could not be sent to ${endpoint}/v1/traces within 1 s. Nothing else is affected.\n`,
    );
  }
  silent.close();
}, 60_000);

test('a variable that cannot be followed turns traces off, and that is said', async () => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
  const { code, stderr } = await sluice(READS, env);

  expect(code).toBe(NOT_FOUND);
  expect(stderr).toContain(
    'Traces are off: the OTLP protocol is grpc, and Sluice has only http/protobuf. Correct it, or set OTEL_SDK_DISABLED to true.\n',
  );
}, 60_000);

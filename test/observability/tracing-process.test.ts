import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { startOtlpReceiver } from '../support/otlp-receiver.ts';

const BIN = fileURLToPath(new URL('../../bin/sluice.mjs', import.meta.url));
const LOADS = /node_modules\/@opentelemetry\//;
const LISTS = ['release', 'list'];
/** Exit code of TEMPORAL_UNREACHABLE. */
const UNREACHABLE = 6;

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line, with a Temporal that is away: it answers with an error, and needs nothing. */
function sluice(args: readonly string[], env: Record<string, string>): Promise<Ended> {
  const own = { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', TEMPORAL_ADDRESS: '127.0.0.1:1' };
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
  ['without an endpoint', LISTS, {}],
  ['when it is disabled', LISTS, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_SDK_DISABLED: 'true' }],
  ['for a help', ['--help'], { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' }],
])(
  '%s no library of OpenTelemetry is loaded',
  async (_, args, env) => {
    const { stderr } = await sluice(args, { ...env, NODE_DEBUG: 'esm' });

    expect(stderr).toMatch(/(src\/cli\/program\.ts|dist\/\w+\/program-\S+\.mjs)/);
    expect(stderr).not.toMatch(LOADS);
  },
  60_000,
);

test('with an endpoint a call is sent with its error, and its answer stays the same', async () => {
  const receiver = await startOtlpReceiver();
  const traceparent = `00-${'d'.repeat(32)}-${'e'.repeat(16)}-01`;
  const plain = await sluice(LISTS, {});
  const traced = await sluice(LISTS, { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint, TRACEPARENT: traceparent });
  await receiver.close();

  expect(plain.code).toBe(UNREACHABLE);
  expect(traced).toEqual(plain);
  expect(receiver.spans).toMatchObject([
    {
      ...{ service: 'sluice-cli', name: 'release_list', traceId: 'd'.repeat(32), parentId: 'e'.repeat(16) },
      ...{ failed: true, attributes: { 'error.type': 'TEMPORAL_UNREACHABLE' } },
    },
  ]);
  expect(receiver.spans[0]?.text).not.toContain(BIN);
}, 60_000);

test('a collector that is away, or does not answer, changes neither answer nor exit code, and is named', async () => {
  const silent = createServer(() => undefined);
  const away = createServer();
  const [slow, gone] = [await listening(silent), await listening(away)];
  away.close();
  const plain = await sluice(LISTS, {});
  for (const endpoint of [slow, gone]) {
    const traced = await sluice(LISTS, { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });

    expect({ ...traced, stderr: '' }).toEqual({ ...plain, stderr: '' });
    expect(traced.stderr).toBe(
      `${plain.stderr}Traces could not be sent to ${endpoint}/v1/traces within 1 s. Nothing else is affected.\n`,
    );
  }
  silent.close();
}, 60_000);

test('a variable that cannot be followed turns traces off, and that is said', async () => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
  const { code, stderr } = await sluice(LISTS, env);

  expect(code).toBe(UNREACHABLE);
  expect(stderr).toContain(
    'Traces are off: the OTLP protocol is grpc, and Sluice has only http/protobuf. Correct it, or set OTEL_SDK_DISABLED to true.\n',
  );
}, 60_000);

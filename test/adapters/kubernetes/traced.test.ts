import { afterEach, expect, test } from '@jest/globals';
import { createClusters } from '../../../src/adapters/kubernetes/index.ts';
import { ROLLOUT } from '../../../src/adapters/kubernetes/kinds.ts';
import { createTracing, type RunningTracing } from '../../../src/observability/tracing/sdk.ts';
import { inSpan, useTracing } from '../../../src/observability/tracing/spans.ts';
import { startHttpServer } from '../../support/http-server.ts';
import { writeKubeconfig } from '../../support/kubeconfig.ts';
import { startOtlpReceiver, type OtlpReceiver } from '../../support/otlp-receiver.ts';

const APP = { kind: ROLLOUT, namespace: 'shop', name: 'app' };
const ACTIVITY = { kind: 'consumer' } as const;
const PATCH = [{ op: 'replace', path: '/spec/paused', value: true }] as const;

let receiver: OtlpReceiver;
let tracing: RunningTracing;
afterEach(async () => {
  useTracing(undefined);
  Reflect.deleteProperty(process.env, 'OTEL_EXPORTER_OTLP_ENDPOINT');
  await tracing.close();
  await receiver.close();
});

async function begin(): Promise<void> {
  receiver = await startOtlpReceiver();
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = receiver.endpoint;
  const sampler = { ratio: 1, followed: true };
  tracing = createTracing({ service: 'test', version: '1', sampler, onSending: () => undefined });
  useTracing(tracing);
}

test('a change is a span of the activity that sends it, and the API server can go on with the trace', async () => {
  await begin();
  const body = { metadata: { name: 'app', resourceVersion: '2' }, kind: 'Rollout' };
  const server = await startHttpServer(({ path }) => (path.endsWith('/gone') ? { status: 409, body: {} } : { body }));
  const kubeconfig = writeKubeconfig({ test: server.url });
  const client = createClusters({ kubeconfig }).client('test');
  await inSpan('reads', ACTIVITY, () => client.get(APP));
  await inSpan('writes', ACTIVITY, () => client.jsonPatch(APP, [...PATCH]));
  const conflict = inSpan('conflicts', ACTIVITY, () => client.jsonPatch({ ...APP, name: 'gone' }, [...PATCH]));
  await conflict.catch(() => undefined);
  await client.jsonPatch(APP, [...PATCH]);
  await server.close();
  await tracing.close();

  const [writes, conflicts] = ['writes', 'conflicts'].map((one) => receiver.spans.find(({ name }) => name === one));
  const url = '/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts';
  expect(receiver.spans.filter(({ name }) => name === 'PATCH')).toMatchObject([
    {
      ...{ parentId: writes?.spanId, failed: false },
      attributes: { 'url.path': `${url}/app`, 'http.response.status_code': 200 },
    },
    { parentId: conflicts?.spanId, failed: true, attributes: { 'error.type': '409' } },
  ]);
  expect(receiver.spans).toHaveLength(5);
  const sent = server.requests.map(({ headers }) => headers['traceparent']);
  const [read, patch] = receiver.spans.filter(({ name }) => name === 'reads' || name === 'PATCH');
  expect(sent[0]).toBe(`00-${read?.traceId}-${read?.spanId}-01`);
  expect(sent[1]).toBe(`00-${patch?.traceId}-${patch?.spanId}-01`);
  expect(sent.at(-1)).toBeUndefined();
});

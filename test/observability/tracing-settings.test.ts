import { expect, test } from '@jest/globals';
import { tracingSettings } from '../../src/observability/tracing/settings.ts';

const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };
const FOLLOWED = { ratio: 1, followed: true };

test.each([
  [ENDPOINT, 'http://collector:4318/v1/traces'],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector/otlp/' }, 'https://collector/otlp/v1/traces'],
  [{ ...ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://traces:4318/own' }, 'http://traces:4318/own'],
  [{ ...ENDPOINT, OTEL_TRACES_EXPORTER: 'otlp', OTEL_SDK_DISABLED: 'false' }, 'http://collector:4318/v1/traces'],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://ada:word@collector:4318' }, 'http://collector:4318/v1/traces'],
])('%j: traces are on, and go to %s', (env, endpoint) => {
  expect(tracingSettings(env)).toEqual({ on: true, endpoint, sampler: FOLLOWED, batch: {} });
});

test.each([
  [{}, 'OTEL_EXPORTER_OTLP_ENDPOINT is not set'],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }, 'OTEL_EXPORTER_OTLP_ENDPOINT is not set'],
  [{ ...ENDPOINT, OTEL_SDK_DISABLED: 'TRUE' }, 'OTEL_SDK_DISABLED is true'],
  [{ ...ENDPOINT, OTEL_TRACES_EXPORTER: 'none' }, 'OTEL_TRACES_EXPORTER is none'],
  [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'OTEL_EXPORTER_OTLP_ENDPOINT is not set'],
])('%j: traces are off, as was meant', (env, why) => {
  expect(tracingSettings(env)).toEqual({ on: false, why, problem: false });
});

test.each([
  [{ OTEL_TRACES_EXPORTER: 'zipkin' }, /^OTEL_TRACES_EXPORTER is zipkin, and Sluice has only otlp$/],
  [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, /^the OTLP protocol is grpc, and Sluice has only http\/protobuf$/],
  [{ OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json' }, /^the OTLP protocol is http\/json/],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, /^the OTLP endpoint is no http or https URL$/],
  [{ OTEL_TRACES_SAMPLER: 'always' }, /^OTEL_TRACES_SAMPLER is always, and Sluice has only always_on, always_off/],
  [{ OTEL_TRACES_SAMPLER: 'toString' }, /^OTEL_TRACES_SAMPLER is toString/],
  [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '2' }, /^OTEL_TRACES_SAMPLER_ARG is 2, and has to/],
  [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: 'half' }, /^OTEL_TRACES_SAMPLER_ARG is half/],
  [{ OTEL_BSP_SCHEDULE_DELAY: '5s' }, /^OTEL_BSP_SCHEDULE_DELAY is 5s, and has to be a whole number from 1$/],
  [{ OTEL_BSP_MAX_QUEUE_SIZE: '0' }, /^OTEL_BSP_MAX_QUEUE_SIZE is 0/],
])('%j: traces are off, and that is said', (env, why) => {
  expect(tracingSettings({ ...ENDPOINT, ...env })).toEqual({
    on: false,
    why: expect.stringMatching(why),
    problem: true,
  });
});

test.each([
  [{ OTEL_TRACES_SAMPLER: 'always_on' }, { ratio: 1, followed: false }],
  [{ OTEL_TRACES_SAMPLER: 'always_off' }, { ratio: 0, followed: false }],
  [{ OTEL_TRACES_SAMPLER: 'parentbased_always_off' }, { ratio: 0, followed: true }],
  [
    { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' },
    { ratio: 0.25, followed: false },
  ],
  [
    { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' },
    { ratio: 0, followed: true },
  ],
  [{ OTEL_TRACES_SAMPLER: 'parentbased_traceidratio' }, FOLLOWED],
])('%j: the sampler is %j', (env, sampler) => {
  expect(tracingSettings({ ...ENDPOINT, ...env })).toMatchObject({ on: true, sampler });
});

test('how spans are collected follows the variables of the specification', () => {
  const env = { OTEL_BSP_SCHEDULE_DELAY: '200', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '10' };
  expect(tracingSettings({ ...ENDPOINT, ...env })).toMatchObject({
    batch: { scheduledDelayMillis: 200, maxExportBatchSize: 10 },
  });
});

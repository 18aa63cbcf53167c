import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  defaultTextMapGetter,
  defaultTextMapSetter,
  isSpanContextValid,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type SpanContext,
  type Tracer,
} from '@opentelemetry/api';
import { ExportResultCode, W3CTraceContextPropagator, type ExportResult } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
  type Sampler,
  type SpanExporter,
} from '@opentelemetry/sdk-trace';
import type { Carrier, OpenSpan, SpanOptions, Tracing } from './spans.ts';
import type { Batch, Sampling } from './settings.ts';

// Only this file loads the libraries of OpenTelemetry. It is imported when tracing is configured.

export interface TracedProcess {
  /** Name of the service, unless OTEL_SERVICE_NAME or OTEL_RESOURCE_ATTRIBUTES have another. */
  readonly service: string;
  readonly version: string;
  readonly sampler: Sampling;
  readonly batch?: Batch;
  /** Called when sending begins to fail, with the reason, and when it works again, with undefined. */
  readonly onSending: (failure: string | undefined) => void;
}

export interface RunningTracing extends Tracing {
  /** Tries to send what has ended. */
  flush(): Promise<void>;
  /** Sends what has ended and is not sent yet. Resolves when it was sent, or cannot be sent. */
  close(): Promise<void>;
}

/** The exporter reads its address, headers, certificates and timeout from the environment. */
export function createTracing({ service, version, sampler, batch = {}, onSending }: TracedProcess): RunningTracing {
  const own = resourceFromAttributes({
    'service.name': service,
    'service.version': version,
    'process.pid': process.pid,
  });
  // Not the detector of processes: it records the arguments of the command line.
  const resource = defaultResource()
    .merge(own)
    .merge(detectResources({ detectors: [envDetector] }));
  const exporter = watched(new OTLPTraceExporter(), onSending);
  const provider = new TracerProvider({
    ...{ resource, sampler: samplerOf(sampler) },
    spanProcessors: [new BatchSpanProcessor({ exporter, ...batch })],
  });
  return {
    ...tracingOver(provider.getTracer('sluice', version)),
    flush: () => provider.forceFlush().catch(() => undefined),
    close: () => provider.shutdown(),
  };
}

/** Sends a request without spans. Returns why it was not taken within `ms`. */
export async function sendNothing(ms: number): Promise<string | undefined> {
  const exporter = new OTLPTraceExporter();
  const answer = new Promise<string | undefined>((resolve) =>
    exporter.export([], ({ code, error }) =>
      resolve(code === ExportResultCode.SUCCESS ? undefined : (error?.message ?? 'unknown')),
    ),
  );
  return Promise.race([answer, sleep(ms, `no answer within ${ms / 1000} s`, { ref: false })]);
}

function samplerOf({ ratio, followed }: Sampling): Sampler {
  const root =
    ratio === 1 ? new AlwaysOnSampler() : ratio === 0 ? new AlwaysOffSampler() : new TraceIdRatioBasedSampler(ratio);
  return followed ? new ParentBasedSampler({ root }) : root;
}

/** Tells the first failure and the first success after it. */
function watched(exporter: SpanExporter, onSending: TracedProcess['onSending']): SpanExporter {
  let fails = false;
  const note = ({ code, error }: ExportResult): void => {
    const failed = code !== ExportResultCode.SUCCESS;
    if (failed !== fails) onSending(failed ? (error?.message ?? 'unknown') : undefined);
    fails = failed;
  };
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        note(result);
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}

const KINDS: Readonly<Record<SpanOptions['kind'], SpanKind>> = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
};

/** It sets nothing global, so that other users of the API in this process are not affected. */
function tracingOver(tracer: Tracer): Tracing {
  const storage = new AsyncLocalStorage<Context>();
  const propagator = new W3CTraceContextPropagator();
  const active = (): Context => storage.getStore() ?? ROOT_CONTEXT;
  const contextOf = (carrier: Carrier): Context => propagator.extract(ROOT_CONTEXT, carrier, defaultTextMapGetter);
  const remoteOf = (carrier: Carrier | undefined): Context | undefined =>
    carrier && spanIn(contextOf(carrier)) ? contextOf(carrier) : undefined;
  return {
    open(name, { kind, attributes = {}, from, link }) {
      const remote = remoteOf(from);
      // A caller may name its trace twice, in the header of a request and in the message: the message is nearer.
      const linked = [remote && spanIn(active()), link && spanIn(contextOf(link))];
      const links = linked.filter((one) => one !== undefined).map((context) => ({ context }));
      const parent = remote ?? active();
      const span = tracer.startSpan(name, { kind: KINDS[kind], attributes: { ...attributes }, links }, parent);
      const within = trace.setSpan(parent, span);
      return {
        run: (work) => storage.run(within, work),
        set: (more) => void span.setAttributes({ ...more }),
        fail: (type) => void span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', type),
        end: () => span.end(),
      } satisfies OpenSpan;
    },
    present() {
      if (!spanIn(active())) return undefined;
      const carrier: Record<string, string> = {};
      propagator.inject(active(), carrier, defaultTextMapSetter);
      return carrier;
    },
  };
}

function spanIn(context: Context): SpanContext | undefined {
  const found = trace.getSpanContext(context);
  return found && isSpanContextValid(found) ? found : undefined;
}

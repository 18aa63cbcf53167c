import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import protobuf from 'protobufjs';
import { eventually } from './releases-wait.ts';

/** A span as it arrived. `service`, `pid`: of the process that sent it. */
export interface ReceivedSpan {
  readonly service: string;
  readonly pid: unknown;
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty: it has no parent. */
  readonly parentId: string;
  /** Nanoseconds since 1970, to a microsecond. */
  readonly startedAt: number;
  /** Ids of spans. */
  readonly links: readonly string[];
  readonly failed: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** All that was sent about it and its process. */
  readonly text: string;
}

/** The part of opentelemetry/proto/trace/v1/trace.proto (1.9) that these tests read. */
const PROTO = `syntax = "proto3";
message Request { repeated ResourceSpans resource_spans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
message Resource { repeated KeyValue attributes = 1; }
message ScopeSpans { repeated Span spans = 2; }
message Span {
  bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4; string name = 5; int32 kind = 6;
  fixed64 start_time_unix_nano = 7;
  repeated KeyValue attributes = 9; repeated Event events = 11; repeated Link links = 13; Status status = 15;
}
message Event { string name = 2; repeated KeyValue attributes = 3; }
message Link { bytes trace_id = 1; bytes span_id = 2; }
message Status { string message = 2; int32 code = 3; }
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; } }`;
const REQUEST = protobuf.parse(PROTO).root.lookupType('Request');
const ERROR = 2;

interface Wire {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeSpans: readonly { readonly spans: readonly WireSpan[] }[];
  }[];
}
interface KeyValue {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}
interface WireSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: number;
  readonly attributes: readonly KeyValue[];
  readonly links: readonly { readonly spanId: string }[];
  readonly status?: { readonly code: number };
}

export interface OtlpReceiver {
  /** Value of OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly endpoint: string;
  readonly spans: ReceivedSpan[];
  /** Headers of the last request. */
  readonly headers: Readonly<Record<string, unknown>>;
  /** Waits for the first span that `wanted` accepts. */
  span(what: string, wanted: (span: ReceivedSpan) => boolean): Promise<ReceivedSpan>;
  close(): Promise<void>;
}

/** Takes spans as a collector does: OTLP over HTTP, in protobuf. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  let headers: Readonly<Record<string, unknown>> = {};
  const server = createServer((request, response) => {
    headers = { ...request.headers, path: request.url };
    void buffer(request).then((body) => {
      spans.push(...spansIn(body));
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    get headers() {
      return headers;
    },
    span: (what, wanted) => eventually(what, () => spans.find(wanted), { timeoutMs: 60_000 }),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function spansIn(body: Buffer): ReceivedSpan[] {
  const decoded = REQUEST.toObject(REQUEST.decode(body), {
    bytes: String,
    longs: Number,
    arrays: true,
    defaults: true,
  });
  return (decoded as Wire).resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans.map((span) => received(span, resource.attributes))),
  );
}

function received(span: WireSpan, process: readonly KeyValue[]): ReceivedSpan {
  const { traceId, spanId, parentSpanId, name, kind, startTimeUnixNano, attributes, links, status } = span;
  const { 'service.name': service, 'process.pid': pid } = valuesOf(process);
  return {
    ...{ service: String(service), pid, name, kind },
    ...{ traceId: hex(traceId), spanId: hex(spanId), parentId: hex(parentSpanId) },
    startedAt: startTimeUnixNano,
    links: links.map((link) => hex(link.spanId)),
    failed: status?.code === ERROR,
    attributes: valuesOf(attributes),
    text: JSON.stringify([span, process]),
  };
}

const hex = (base64: string): string => Buffer.from(base64, 'base64').toString('hex');

function valuesOf(attributes: readonly KeyValue[]): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, Object.values(value).find((one) => one !== undefined)]),
  );
}

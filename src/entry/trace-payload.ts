import type { Headers, Payload } from '@temporalio/common';
import { CAUSE_HEADER } from '../domain/trace-headers.ts';
import { presentTrace, type Carrier } from '../observability/tracing/spans.ts';

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();

/** The headers with the present trace, if there is one. */
export function withTrace(headers: Headers): Headers {
  const carrier = presentTrace();
  return carrier ? { ...headers, [CAUSE_HEADER]: toPayload(carrier) } : headers;
}

/** The form of JSON in a payload. Source: temporal.api.common.v1.Payload, encoding `json/plain`. */
function toPayload(carrier: Carrier): Payload {
  return {
    metadata: { encoding: ENCODER.encode('json/plain') },
    data: ENCODER.encode(JSON.stringify(carrier)),
  };
}

/** The trace in a header. Anybody who may call workflows writes headers, so another form counts as absent. */
export function traceIn(headers: Headers, name: string): Carrier | undefined {
  const data = headers[name]?.data;
  if (!data) return undefined;
  try {
    const read: unknown = JSON.parse(DECODER.decode(data));
    const fields = Object.entries(Object(read) as Record<string, unknown>).filter(([, one]) => typeof one === 'string');
    return Object.fromEntries(fields) as Carrier;
  } catch {
    return undefined;
  }
}

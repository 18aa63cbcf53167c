/**
 * Header of Temporal with the trace of whoever caused something, as the OpenTelemetry interceptors of all SDKs of
 * Temporal name it: a JSON object with the W3C fields `traceparent` and `tracestate`.
 */
export const CAUSE_HEADER = '_tracer-data';

/** Header with the trace of the call that began a release, if a later command is the cause. */
export const BEGUN_HEADER = 'sluice-trace-begun';

/** Beginning of the headers with the traces of requests that wait for their turn: the rest is the request id. */
export const WAITING_HEADER = 'sluice-trace-waiting/';

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isTracing, openSpan, type OpenSpan } from '../observability/tracing/spans.ts';

/**
 * Traces each request, in the trace that its header `traceparent` names. It must be added before other hooks. The route
 * stands for the path, because a path may contain what only the caller should know.
 */
export function traceRequests(app: FastifyInstance): void {
  if (!isTracing()) return;
  const open = new WeakMap<FastifyRequest, OpenSpan>();
  app.addHook('onRequest', (request, reply, done) => {
    const span = openSpan(nameOf(request), {
      kind: 'server',
      attributes: { 'http.request.method': request.method, 'url.scheme': request.protocol, ...routeOf(request) },
      from: carrierIn(request),
    });
    if (!span) return done();
    open.set(request, span);
    reply.raw.once('close', () => end(span, reply.raw.statusCode));
    span.run(done);
  });
  // The body arrives in events of the connection, which know nothing of the request.
  app.addHook('preValidation', (request, _reply, done) => {
    const span = open.get(request);
    if (span) span.run(done);
    else done();
  });
}

function end(span: OpenSpan, status: number): void {
  span.set({ 'http.response.status_code': status });
  if (status >= 500) span.fail(String(status));
  span.end();
}

function nameOf({ method, routeOptions: { url } }: FastifyRequest): string {
  return url === undefined ? method : `${method} ${url}`;
}

function routeOf({ routeOptions: { url } }: FastifyRequest): { 'http.route'?: string } {
  return url === undefined ? {} : { 'http.route': url };
}

function carrierIn({ headers: { traceparent, tracestate } }: FastifyRequest): Record<string, string> | undefined {
  if (typeof traceparent !== 'string') return undefined;
  return { traceparent, ...(typeof tracestate === 'string' && { tracestate }) };
}

import { openSpan, presentTrace } from '../../observability/tracing/spans.ts';

interface Request {
  readonly method: string;
  readonly path: string;
}

/**
 * Traces a request that may change something for a call. Reads are left out: a release reads the cluster every second,
 * and its trace would consist of nothing else.
 */
export async function traced<Response extends { readonly status: number }>(
  { method, path }: Request,
  send: () => Promise<Response>,
): Promise<Response> {
  if (method === 'GET' || !presentTrace()) return send();
  const attributes = { 'http.request.method': method, 'url.path': path.split('?', 1)[0] ?? '' };
  const span = openSpan(method, { kind: 'client', attributes });
  if (!span) return send();
  try {
    const response = await span.run(send);
    span.set({ 'http.response.status_code': response.status });
    if (response.status >= 400) span.fail(String(response.status));
    return response;
  } catch (error) {
    span.fail('CLUSTER_UNREACHABLE');
    throw error;
  } finally {
    span.end();
  }
}

import { PrometheusDriver, type PrometheusConnectionOptions } from 'prometheus-query';
import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import { cleanText, maskSecrets } from '../../domain/safe-text.ts';
import { DEFAULT_TIMEOUT_MS, type Connection } from './connection.ts';
import { agentSource, readCredentials, withoutSecrets } from './credentials.ts';
import { NoAnswer, toFailure } from './no-answer.ts';
import { Wrapped } from './schema.ts';

/**
 * Sends a request to Prometheus. `what`: for messages. Errors: PROMETHEUS_UNREACHABLE, PROMETHEUS_DENIED, QUERY_FAILED,
 * CONFIG_INVALID.
 */
export type Ask = <Answer>(what: string, send: (driver: PrometheusDriver) => Promise<Answer>) => Promise<Answer>;

/** Larger answers are refused, because a query with such a result is a mistake. */
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_SECRETS = 32;

type Request = Parameters<NonNullable<PrometheusConnectionOptions['requestInterceptor']>['onFulfilled']>[0];
type Response = Parameters<NonNullable<PrometheusConnectionOptions['responseInterceptor']>['onFulfilled']>[0];

/** `onDate` is called with the Date header of every answer, in epoch ms. */
export function createAsk(connection: Connection, onDate?: (atMs: number) => void): Ask {
  const secrets = new Sent();
  const driver = new PrometheusDriver({
    endpoint: connection.url,
    timeout: connection.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    requestInterceptor: { onFulfilled: preparing(connection, secrets) },
    responseInterceptor: { onFulfilled: (response) => accept(response, onDate), onRejected: refuse },
  });
  return async (what, send) => {
    try {
      return await send(driver);
    } catch (thrown) {
      throw explain(thrown, what, (text) => withoutSecrets(text, secrets.last));
    }
  };
}

/** The secrets of the last requests. There may be two tokens while one replaces the other. */
class Sent {
  last: readonly string[] = [];

  add(secrets: readonly string[]): void {
    this.last = [...new Set([...secrets, ...this.last])].slice(0, MAX_SECRETS);
  }
}

function preparing(connection: Connection, sent: Sent): (request: Request) => Request {
  const agent = connection.tls && agentSource(connection.tls);
  const timeoutMs = connection.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  return (request) => {
    const { headers, secrets } = readCredentials(connection);
    sent.add(secrets);
    request.headers.set({ ...headers });
    request.maxRedirects = 0;
    request.maxContentLength = MAX_BYTES;
    // The package's own timeout applies to silence only, so an answer that arrives slowly would never end.
    request.signal = AbortSignal.timeout(timeoutMs);
    if (agent) request.httpsAgent = agent();
    return request;
  };
}

/** An answer that is not JSON of the Prometheus API is refused here, where its status is still known. */
function accept(response: Response, onDate: ((atMs: number) => void) | undefined): Response {
  const { status, headers } = response;
  const data: unknown = response.data;
  const date = Date.parse(String(headers['date'] ?? ''));
  if (Number.isFinite(date)) onDate?.(date);
  if ((data as { status?: unknown } | null)?.status !== 'success')
    throw new NoAnswer('no answer of the API', { came: { status, data } });
  for (const sample of samplesOf(data)) if (sample[1] in INFINITIES) sample[1] = INFINITIES[sample[1]] as string;
  return response;
}

/** The package parses a sample with parseFloat, which does not support Go's spelling of these values. */
const INFINITIES: Readonly<Record<string, string>> = { '+Inf': 'Infinity', '-Inf': '-Infinity' };

interface Series {
  readonly value?: [number, string];
  readonly values?: [number, string][];
}

function samplesOf(answer: unknown): [number, string][] {
  const { resultType, result } = (answer as { data?: { resultType?: string; result?: readonly Series[] } }).data ?? {};
  if (resultType !== 'vector' && resultType !== 'matrix') return [];
  return (result ?? []).flatMap(({ value, values }) => values ?? (value ? [value] : []));
}

const Failed = z.object({
  message: z.string(),
  code: z.string().optional(),
  response: z
    .object({ status: z.number(), data: z.unknown(), headers: z.looseObject({ location: z.string().optional() }) })
    .optional(),
});
const LATE = new Set(['ECONNABORTED', 'ETIMEDOUT', 'ERR_CANCELED']);

function refuse(error: unknown): never {
  if (error instanceof SluiceError || error instanceof NoAnswer) throw error;
  const { message, code = '', response } = Failed.safeParse(error).data ?? { message: String(error) };
  if (response)
    throw new NoAnswer(message, {
      came: { status: response.status, data: response.data, location: response.headers.location },
    });
  throw LATE.has(code)
    ? new NoAnswer('timeout: no whole answer in time', { code: 'ETIMEDOUT' })
    : new NoAnswer(message, { code });
}

/**
 * The package wraps an error that an interceptor threw. Its own errors contain the request with its credentials, so
 * they are not passed on.
 */
function explain(thrown: unknown, what: string, clean: (text: string) => string): SluiceError {
  const cause = Wrapped.safeParse(thrown).data?.original ?? thrown;
  if (cause instanceof SluiceError) return cause;
  if (cause instanceof NoAnswer) return toFailure(cause, what, clean);
  const reason = cause instanceof Error ? cause.message : 'it is of another form';
  return new SluiceError(
    'QUERY_FAILED',
    `The answer to ${clean(what)} is not understood: ${cleanText(maskSecrets(clean(reason)), 300)}`,
  );
}

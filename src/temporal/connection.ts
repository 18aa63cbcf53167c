import type { Client, Connection, WorkflowClientInterceptor } from '@temporalio/client';
import type { TemporalSettings } from '../config/temporal.ts';
import { notConnected, toSluiceError } from './failure.ts';

/** Timeout of every call, also when the server does not answer. */
const LIMIT_MS = 3500;
const RETRY_MS = 200;

export interface TemporalLink {
  readonly settings: () => Promise<TemporalSettings>;
  /** Runs one bounded exchange with the server. Throws TEMPORAL_UNREACHABLE, or the error that `map` returns. */
  call<T>(work: (client: Client, connection: Connection) => Promise<T>, limitMs?: number): Promise<T>;
  /** As `call`, but throws the client's own errors, for callers that distinguish them. */
  raw<T>(work: (client: Client, connection: Connection) => Promise<T>, limitMs?: number): Promise<T>;
  close(): Promise<void>;
}

interface Open {
  readonly client: Client;
  readonly connection: Connection;
}

/** Connects once, at the first call, and again after a failed attempt. `load` is called then and not earlier. */
export function createLink(
  load: () => Promise<TemporalSettings>,
  interceptors: readonly WorkflowClientInterceptor[] = [],
): TemporalLink {
  let settings: Promise<TemporalSettings> | undefined;
  let opened: Promise<Open> | undefined;
  const known = (): Promise<TemporalSettings> => (settings ??= load());
  const open = async (): Promise<Open> => {
    opened ??= connect(await known(), interceptors);
    return opened.catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
  };
  const raw = async <T>(
    work: (client: Client, connection: Connection) => Promise<T>,
    limitMs = LIMIT_MS,
  ): Promise<T> => {
    const { client, connection } = await open();
    return connection.withDeadline(Date.now() + limitMs, () => work(client, connection));
  };
  return {
    settings: known,
    raw,
    async call(work, limitMs) {
      const { address } = await known();
      return raw(work, limitMs).catch((error: unknown) => Promise.reject(toSluiceError(error, address)));
    },
    async close() {
      const last = opened;
      opened = undefined;
      await last?.then(({ connection }) => connection.close()).catch(() => undefined);
    },
  };
}

async function connect(settings: TemporalSettings, workflow: readonly WorkflowClientInterceptor[]): Promise<Open> {
  const { namespace, connectionOptions } = settings;
  const { Client, Connection, isRetryableError, makeGrpcRetryInterceptor } = await import('@temporalio/client');
  // The default retry delays of the client grow to seconds and exceed every deadline, and the caller would wait for
  // them. A retry that ends after the connection was closed would end the process.
  const interceptors = [
    makeGrpcRetryInterceptor({
      delayFunction: () => RETRY_MS,
      retryableDecider: (attempt, status) => attempt < LIMIT_MS / RETRY_MS && isRetryableError(status),
    }),
  ];
  try {
    const connection = await Connection.connect({
      ...clientOptions(connectionOptions),
      interceptors,
      connectTimeout: LIMIT_MS - 500,
    });
    return { connection, client: new Client({ connection, namespace, interceptors: { workflow: [...workflow] } }) };
  } catch (error) {
    throw notConnected(error, settings);
  }
}

/** The settings have the type of the worker's native connection. The fields that envconfig sets exist in both types. */
function clientOptions({ address, tls, apiKey, metadata }: TemporalSettings['connectionOptions']): {
  address?: string;
} {
  return {
    ...(address ? { address } : {}),
    ...(tls === undefined ? {} : { tls }),
    ...(apiKey ? { apiKey } : {}),
    ...(metadata ? { metadata } : {}),
  };
}

import type { Client, Connection } from '@temporalio/client';
import type { TemporalSettings } from '../config/temporal.ts';
import { toSluiceError, unreachable } from './failure.ts';

/** No caller waits longer than this for a server that does not answer. */
const LIMIT_MS = 3500;
const RETRY_MS = 200;

export interface TemporalLink {
  readonly settings: () => Promise<TemporalSettings>;
  /** Runs one bounded exchange with the server. Throws TEMPORAL_UNREACHABLE, or what `map` makes of an error. */
  call<T>(work: (client: Client, connection: Connection) => Promise<T>, limitMs?: number): Promise<T>;
  /** As `call`, but lets the client's own errors through, for callers that tell them apart. */
  raw<T>(work: (client: Client, connection: Connection) => Promise<T>, limitMs?: number): Promise<T>;
  close(): Promise<void>;
}

interface Open {
  readonly client: Client;
  readonly connection: Connection;
}

/** Connects at the first call, once, and again after a failed attempt. `load` is awaited then and not before. */
export function createLink(load: () => Promise<TemporalSettings>): TemporalLink {
  let settings: Promise<TemporalSettings> | undefined;
  let opened: Promise<Open> | undefined;
  const known = (): Promise<TemporalSettings> => (settings ??= load());
  const open = async (): Promise<Open> => {
    opened ??= connect(await known());
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

async function connect({ address, namespace, connectionOptions }: TemporalSettings): Promise<Open> {
  const { Client, Connection, isRetryableError, makeGrpcRetryInterceptor } = await import('@temporalio/client');
  // The usual pauses between attempts grow to seconds and run past every deadline: the caller would wait for them, and
  // one that ends after the connection was closed would end the process.
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
    return { connection, client: new Client({ connection, namespace }) };
  } catch (error) {
    throw unreachable(address, error);
  }
}

/** The settings are typed for the worker's native connection; what both kinds share is all that envconfig sets. */
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

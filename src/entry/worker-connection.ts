import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection } from '@temporalio/worker';
import { loadTemporalSettings } from '../config/temporal.ts';
import { SluiceError } from '../domain/errors.ts';
import type { Log } from '../observability/log.ts';
import { notConnected } from '../temporal/failure.ts';

/** Time between two attempts to reach Temporal. */
const RETRY_MS = 2_000;

/** Tries until Temporal answers. Undefined if the process is stopped meanwhile. */
export async function untilConnected(log: Log, stopped?: AbortSignal): Promise<Connected | undefined> {
  for (let attempts = 1; !stopped?.aborted; attempts += 1) {
    try {
      return await connect();
    } catch (err) {
      if (!(err instanceof SluiceError && err.code === 'TEMPORAL_UNREACHABLE')) throw err;
      if (attempts === 1) log.warn({ err }, 'The worker waits for Temporal');
    }
    await sleep(RETRY_MS, undefined, { signal: stopped }).catch(() => undefined);
  }
  return undefined;
}

export interface Connected {
  readonly connection: NativeConnection;
  readonly namespace: string;
}

/** Errors: FORBIDDEN, TEMPORAL_UNREACHABLE. */
export async function connect(): Promise<Connected> {
  const temporal = await loadTemporalSettings();
  try {
    return { connection: await NativeConnection.connect(temporal.connectionOptions), namespace: temporal.namespace };
  } catch (error) {
    throw notConnected(error, temporal, `: ${String(error)}`);
  }
}

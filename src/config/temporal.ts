import type { ClientConnectConfig } from '@temporalio/envconfig';
import { SluiceError } from '../domain/errors.ts';

export interface TemporalSettings {
  readonly address: string;
  readonly namespace: string;
  /** Arguments of Connection.connect and NativeConnection.connect. */
  readonly connectionOptions: ClientConnectConfig['connectionOptions'];
}

/**
 * Reads Temporal's own variables (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_PROFILE, …) and profile file. The
 * library is imported here because loading it is slow.
 */
export async function loadTemporalSettings(): Promise<TemporalSettings> {
  const { loadClientConnectConfig } = await import('@temporalio/envconfig');
  try {
    const { connectionOptions, namespace } = loadClientConnectConfig();
    const address = connectionOptions.address ?? 'localhost:7233';
    return { address, namespace: namespace ?? 'default', connectionOptions: { ...connectionOptions, address } };
  } catch (error) {
    throw new SluiceError(
      'CONFIG_INVALID',
      `Temporal's settings: ${error instanceof Error ? error.message : String(error)}`,
      {
        next: 'Check the TEMPORAL_ variables and the profile file.',
      },
    );
  }
}

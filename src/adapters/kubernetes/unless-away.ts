import { SluiceError } from '../../domain/errors.ts';

/**
 * The answer; undefined when the cluster gives none. For reads after a write that is done, and must not look as if it
 * had failed.
 */
export async function unlessAway<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'CLUSTER_UNREACHABLE') return undefined;
    throw error;
  }
}

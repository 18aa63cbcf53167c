import { SluiceError } from '../../domain/errors.ts';

/**
 * The answer, or undefined when the cluster does not answer. It is for reads after a completed write, which must not
 * look like a failed write.
 */
export async function unlessAway<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'CLUSTER_UNREACHABLE') return undefined;
    throw error;
  }
}

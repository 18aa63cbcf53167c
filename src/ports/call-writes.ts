import { AsyncLocalStorage } from 'node:async_hooks';
import { SluiceError } from '../domain/errors.ts';

interface CallWrites {
  readonly written: Set<string>;
  readonly unconfirmed: Set<string>;
}

const storage = new AsyncLocalStorage<CallWrites>();

/**
 * Notes a write of the current call, as in "Rollout shop/web was deleted". `heard: false`: the answer was lost, so the
 * write may have happened. Outside of a call it does nothing.
 */
export function noteWrite(what: string, heard: boolean): void {
  const writes = storage.getStore();
  (heard ? writes?.written : writes?.unconfirmed)?.add(what);
}

/**
 * Runs the work of one call. If it fails after a write, or after a possible write, the error lists the writes, so that
 * a caller does not take the error for "nothing happened". Errors: those of the work.
 */
export async function withNotedWrites<T>(work: () => Promise<T>): Promise<T> {
  const writes: CallWrites = { written: new Set(), unconfirmed: new Set() };
  try {
    return await storage.run(writes, work);
  } catch (error) {
    throw error instanceof SluiceError ? withWrites(error, writes) : error;
  }
}

function withWrites(error: SluiceError, { written, unconfirmed: unheard }: CallWrites): SluiceError {
  const lost = [...unheard].filter((what) => !written.has(what));
  if (written.size + lost.length === 0) return error;
  const sentences = [
    ...(written.size > 0 ? [`Before this failed, ${[...written].join(' and ')}.`] : []),
    ...(lost.length > 0 ? [`Whether ${lost.join(' and ')} is not known.`] : []),
  ];
  const details = {
    ...error.details,
    ...(written.size > 0 && { done: [...written] }),
    ...(lost.length > 0 && { perhaps_done: lost }),
  };
  return new SluiceError(error.code, `${sentence(error.message)} ${sentences.join(' ')}`, {
    next: `Look at what is there before you repeat the call. ${error.next}`,
    details,
    cause: error,
  });
}

const sentence = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`);

import { SluiceError } from '../domain/errors.ts';

/** Something without which the process cannot do its work. */
export interface Dependency {
  readonly name: string;
  /** Resolves if it answers. Its error is the reason why the process is not ready. */
  readonly check: () => Promise<unknown>;
}

/**
 * What one look has found. `reason`: the code of the error, absent if it answers. The message is not here, because
 * everybody may read the page and messages name addresses.
 */
export interface Found {
  readonly name: string;
  readonly reason?: string;
}

interface Options {
  /** Time limit of one check, ms. */
  readonly limitMs?: number;
  /** For how long an answer is used again, ms: probes and scrapes of one moment look once. */
  readonly freshMs?: number;
  readonly now?: () => number;
  /** Called when a dependency goes away, and when it is back (without an error). */
  readonly onChange?: (name: string, error?: unknown) => void;
}

/** Looks at all dependencies at once. The returned function never throws, and answers within the limit. */
export function createReadiness(
  dependencies: readonly Dependency[],
  { limitMs = 4_000, freshMs = 1_000, now = () => performance.now(), onChange }: Options = {},
): () => Promise<readonly Found[]> {
  const away = new Set<string>();
  const note = (name: string, error?: unknown): void => {
    const gone = error !== undefined;
    if (gone === away.has(name)) return;
    if (gone) away.add(name);
    else away.delete(name);
    onChange?.(name, error);
  };
  const look = async ({ name, check }: Dependency): Promise<Found> => {
    try {
      await within(limitMs, check());
      note(name);
      return { name };
    } catch (error) {
      note(name, error);
      return { name, reason: reasonOf(error) };
    }
  };
  let found: Promise<readonly Found[]> | undefined;
  let endedAt: number | undefined;
  const lookAtAll = async (): Promise<readonly Found[]> => {
    endedAt = undefined;
    const all = await Promise.all(dependencies.map(look));
    endedAt = now();
    return all;
  };
  return () => {
    if (!found || (endedAt !== undefined && now() - endedAt > freshMs)) found = lookAtAll();
    return found;
  };
}

class Late extends Error {}

function reasonOf(error: unknown): string {
  if (error instanceof Late) return 'no answer in time';
  return error instanceof SluiceError ? error.code : 'INTERNAL';
}

async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Late(`There was no answer within ${limitMs} ms.`)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

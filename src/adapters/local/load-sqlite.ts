import type * as Sqlite from 'node:sqlite';

/**
 * Loads Node's own SQLite. Node 22 prints a warning at its first use that it is experimental. This one warning is
 * suppressed.
 */
export async function loadSqlite(
  load: () => Promise<typeof Sqlite> = () => import('node:sqlite'),
): Promise<typeof Sqlite> {
  const emit = process.emitWarning.bind(process);
  process.emitWarning = (warning: string | Error, ...rest: never[]): void => {
    if (!/sqlite is an experimental/i.test(String(warning))) emit(warning, ...rest);
  };
  try {
    return await load();
  } finally {
    process.emitWarning = emit;
  }
}

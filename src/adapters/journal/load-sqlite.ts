import type * as Sqlite from 'node:sqlite';

/**
 * Node's own SQLite. Node 22 says at its first use that it is experimental, on the terminal of everybody who starts a
 * release; that one
 * warning is left out.
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

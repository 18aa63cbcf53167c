import { z } from 'zod';
import { cursorField, DEFAULT_BYTES } from '../../contract/cluster-object.ts';
import { sizeOf } from '../../domain/cluster-objects/fitted.ts';
import { tableLines } from '../../commands/table-lines.ts';
import { cursorText, readCursor } from '../../commands/objects/cursor.ts';

export const rowsFields = {
  limit: z.int().min(1).max(500).optional().describe('Maximum number of rows. Default 50.'),
  cursor: cursorField,
};
export const rowsOutput = {
  columns: z.array(z.string()),
  rows: z.array(z.array(z.string())),
  total: z.number(),
  cursor: z.string().optional().describe('There are more: pass it for the next page.'),
};
export interface RowsPage {
  readonly columns: string[];
  readonly rows: string[][];
  readonly total: number;
  readonly cursor?: string | undefined;
}

/** Some items as rows, from a cursor on, as many as fit. `row` is called only for those. */
export async function rowsPage<T>(
  items: readonly T[],
  list: string,
  { limit = 50, cursor }: { readonly limit?: number | undefined; readonly cursor?: string | undefined },
  {
    columns,
    row,
  }: { readonly columns: readonly string[]; readonly row: (item: T) => readonly string[] | Promise<readonly string[]> },
): Promise<RowsPage> {
  const from = readCursor(cursor, list).seen;
  let bytes = DEFAULT_BYTES - 800;
  const rows: string[][] = [];
  for (const item of items.slice(from, from + limit)) {
    const cells = [...(await row(item))];
    bytes -= sizeOf(cells) + 1;
    if (bytes < 0 && rows.length > 0) break;
    rows.push(cells);
  }
  const seen = from + rows.length;
  return {
    columns: [...columns],
    rows,
    total: items.length,
    ...(seen < items.length ? { cursor: cursorText({ list, place: 0, seen }) } : {}),
  };
}

export function rowsText({ columns, rows, total, cursor }: RowsPage, what: string): string {
  if (total === 0) return `There is no ${what}.`;
  const end =
    cursor === undefined
      ? `${rows.length} of ${total}; the list ends here.`
      : `${rows.length} of ${total}; there are more: repeat the call with cursor "${cursor}".`;
  return [...tableLines(columns, rows), end].join('\n');
}

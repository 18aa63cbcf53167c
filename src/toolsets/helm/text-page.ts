import { z } from 'zod';
import { cursorField, DEFAULT_BYTES, maxBytes } from '../../contract/cluster-object.ts';
import { sizeOf } from '../../domain/cluster-objects/fitted.ts';
import { cleanText } from '../../domain/safe-text.ts';
import { cursorText, readCursor } from '../../commands/objects/cursor.ts';

export const pageFields = { cursor: cursorField, max_bytes: maxBytes };
export const pageOutput = {
  text: z.string(),
  lines: z.number().describe('Lines of the whole text.'),
  cursor: z.string().optional().describe('There is more: pass it for the next page.'),
};
export interface TextPage {
  readonly text: string;
  readonly lines: number;
  readonly cursor?: string | undefined;
}

/** A line longer than this is shortened. */
const MAX_LINE = 2000;

/** The lines of a text from a cursor on that fit. `list`: which text it is: a cursor continues only that one. */
export function textPage(
  whole: string,
  list: string,
  {
    cursor,
    max_bytes: max = DEFAULT_BYTES,
  }: { readonly cursor?: string | undefined; readonly max_bytes?: number | undefined },
): TextPage {
  const lines = whole.replace(/\n$/, '').split('\n');
  const from = readCursor(cursor, list).seen;
  let bytes = max - 500;
  const kept: string[] = [];
  for (const line of lines.slice(from)) {
    const shown = cleanText(line, MAX_LINE);
    bytes -= sizeOf(shown);
    if (bytes < 0 && kept.length > 0) break;
    kept.push(shown);
  }
  const seen = from + kept.length;
  return {
    text: kept.join('\n'),
    lines: lines.length,
    ...(seen < lines.length ? { cursor: cursorText({ list, place: 0, seen }) } : {}),
  };
}

export function pageText({ text, lines, cursor }: TextPage): string {
  if (cursor === undefined) return text;
  const shown = text.split('\n').length;
  return `${text}\n${shown} of ${lines} lines; there are more: repeat the call with cursor "${cursor}".`;
}

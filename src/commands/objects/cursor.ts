import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';

const Cursor = z.strictObject({
  /** What is listed: a cursor continues only the same list. */
  list: z.string(),
  /** Index of the namespace, where several are listed one after the other. */
  place: z.int().min(0),
  from: z.string().optional(),
  /** Number of objects on the pages before. */
  seen: z.int().min(0),
});
export type Cursor = z.output<typeof Cursor>;

export function cursorText(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

/** Where a list continues. Errors: INVALID_INPUT for a text that is no cursor of this list. */
export function readCursor(text: string | undefined, list: string): Cursor {
  if (text === undefined) return { list, place: 0, seen: 0 };
  const cursor = Cursor.safeParse(json(Buffer.from(text, 'base64url').toString())).data;
  if (cursor?.list === list) return cursor;
  throw new SluiceError('INVALID_INPUT', 'cursor: it does not belong to this list.', {
    next: 'Repeat the call without `cursor`, or with the other arguments of the call that returned it.',
  });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

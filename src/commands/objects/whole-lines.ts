/** A line or a key of more characters than this is passed on in parts. */
const MAX_HELD = 50_000;
const KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----(?![\s\S]*-----END [A-Z ]*PRIVATE KEY-----)/;

/**
 * Pieces of a text, joined so that each ends with a line. A private key of several lines stays in one piece, so that it
 * can be masked.
 */
export async function* wholeLines(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let held = '';
  for await (const piece of pieces) {
    held += piece;
    const end = held.length > MAX_HELD ? held.length : endOfLines(held);
    if (end > 0) yield hidden(held.slice(0, end));
    held = held.slice(end);
  }
  if (held !== '') yield hidden(held);
}

function endOfLines(text: string): number {
  const key = KEY.exec(text)?.index ?? text.length;
  return text.lastIndexOf('\n', key) + 1;
}

/** The rest of a key whose end has not come. */
function hidden(text: string): string {
  const key = KEY.exec(text)?.index;
  return key === undefined ? text : `${text.slice(0, key)}***\n`;
}

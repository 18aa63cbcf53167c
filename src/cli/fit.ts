import { stripVTControlCharacters } from 'node:util';

const RESET = '\u001b[0m';
// eslint-disable-next-line no-control-regex
const PARTS = /\u001b\[[\d;]*m|[^\u001b]/gu;

/** Cuts a line to the width of a terminal. Colours have no width and end with the line. */
export function clip(line: string, columns: number): string {
  if ([...stripVTControlCharacters(line)].length <= columns) return line;
  let left = columns - 1;
  const visible = (line.match(PARTS) ?? []).filter((part) => part.startsWith('\u001b') || (left -= 1) >= 0);
  return `${visible.join('')}…${line.includes('\u001b') ? RESET : ''}`;
}

/** Wraps plain text in lines of at most `columns`. Text beyond `most` lines is cut with an ellipsis. */
export function wrapText(text: string, columns: number, most: number): readonly string[] {
  const lines: string[] = [''];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1) ?? '';
    if (last === '') lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  const shown = lines.slice(0, most);
  const rest = lines.length > most ? [clip(`${shown.pop() ?? ''} ${lines.slice(most).join(' ')}`, columns)] : [];
  return [...shown, ...rest].map((line) => clip(line, columns));
}

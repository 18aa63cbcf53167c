import { toTable } from './table.ts';

/** The output formats of every answer. */
export const FORMATS = ['text', 'json', 'yaml', 'table'] as const;
export type Format = (typeof FORMATS)[number];

/** An answer in the requested form. `text`: the default form, for people. */
export async function render(format: Format, value: object, text: () => string): Promise<string> {
  if (format === 'text') return text();
  if (format === 'table') return toTable(value);
  if (format === 'json') return JSON.stringify(value, null, 2);
  // Loaded when needed. Line folding is off, so that a long reason stays one line for grep.
  const { stringify } = await import('yaml');
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false }).trimEnd();
}

/** The output format of a command line. It is read before parsing, because errors use this format too. */
export function formatOf(argv: readonly string[]): Format {
  const given = argv.flatMap((arg, index) => {
    if (arg === '--json') return ['json'];
    if (arg === '-o' || arg === '--output') return [argv[index + 1] ?? ''];
    const match = /^(?:-o|--output)=?(.+)$/.exec(arg);
    return match && !arg.startsWith('--output-') ? [match[1] ?? ''] : [];
  });
  return FORMATS.find((format) => format === given.at(-1)) ?? 'text';
}

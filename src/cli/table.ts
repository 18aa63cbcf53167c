type Row = Readonly<Record<string, unknown>>;

const GAP = '  ';

/** Fields that say how an answer was made. */
const ABOUT_THE_ANSWER = ['source', 'resource_version', 'age_ms'];

/**
 * An object as names and values, with aligned columns for each list of objects in it. What says how the answer was made
 * comes last.
 */
export function toTable(value: unknown): string {
  if (Array.isArray(value)) return columns(value as readonly Row[]);
  const fields = flat(value as Row);
  const about = fields.filter(([name]) => ABOUT_THE_ANSWER.includes(name));
  const lists = fields.filter(([, field]) => isRows(field));
  const single = fields.filter((field) => !isRows(field[1]) && !about.includes(field));
  const titled = lists.map(([name, rows]) => {
    const title = lists.length > 1 || single.length > 0 ? `${name}:\n` : '';
    return `${title}${columns(rows as readonly Row[])}`;
  });
  return [...namesAndValues(single), ...titled, ...namesAndValues(about)].join('\n\n');
}

function namesAndValues(fields: readonly (readonly [string, unknown])[]): string[] {
  return fields.length > 0 ? [aligned(fields.map(([name, field]) => [name, cell(field)]))] : [];
}

/** An empty list is printed as a table too: it says that there is nothing. */
function isRows(value: unknown): boolean {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'object' && entry !== null);
}

/** Nested objects are flattened to dotted names. */
function flat(object: Row, prefix = ''): [string, unknown][] {
  return Object.entries(object).flatMap(([name, value]): [string, unknown][] => {
    const path = `${prefix}${name}`;
    if (value === undefined) return [];
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? flat(value as Row, `${path}.`)
      : [[path, value]];
  });
}

function columns(rows: readonly Row[]): string {
  if (rows.length === 0) return '(none)';
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return aligned([names.map((name) => name.toUpperCase()), ...rows.map((row) => names.map((name) => cell(row[name])))]);
}

/** One line for any value. */
function cell(value: unknown): string {
  if (value === undefined || value === null) return '-';
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.map(cell).join(',');
  if (typeof value === 'object')
    return (
      Object.entries(value)
        .map(([name, inner]) => `${name}=${cell(inner)}`)
        .join(' ') || '-'
    );
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.replace(/\s*\n\s*/g, ' ') || '-';
}

function aligned(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => [...(line[column] ?? '')].length)),
  );
  return lines
    .map((line) =>
      line
        .map((text, column) => text + ' '.repeat((widths[column] ?? 0) - [...text].length))
        .join(GAP)
        .trimEnd(),
    )
    .join('\n');
}

/** One line of the text format of Prometheus: a name, its labels and a value. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)(?: \d+)?$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n' };

/** The samples of one metrics page whose name is wanted. Lines of another form are left out. */
export function parseMetrics(text: string, names: readonly string[]): readonly Sample[] {
  return text.split('\n').flatMap((line) => {
    const [, name = '', labels = '', value] = names.some((one) => line.startsWith(one)) ? (LINE.exec(line) ?? []) : [];
    if (!names.includes(name)) return [];
    return [{ name, labels: labelsOf(labels), value: Number(value) }];
  });
}

function labelsOf(text: string): Readonly<Record<string, string>> {
  const pairs = [...text.matchAll(LABEL)].map(([, name = '', value = '']) => [name, unescaped(value)] as const);
  return Object.fromEntries(pairs);
}

function unescaped(value: string): string {
  return value.replaceAll(/\\(.)/g, (_, sign: string) => ESCAPES[sign] ?? sign);
}

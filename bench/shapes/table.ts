import type { Found } from './walk.ts';

const ORDER = ['driven', 'watched', 'refused', 'stumbled'];

/** One line for each shape, by how it ends. */
export function table(all: readonly Found[]): string {
  const lines = sorted(all).map(({ shape, end, says }) => `${end.padEnd(9)} ${shape.name.padEnd(32)} ${says}`);
  return lines.join('\n');
}

/** The last line of the command. */
export function summary(all: readonly Found[]): string {
  return counts(all.map(({ end }) => end));
}

function counts(ends: readonly string[]): string {
  const of = (wanted: string): number => ends.filter((end) => end === wanted).length;
  const refused = `${of('refused')} refused with a line to change`;
  return `${ends.length} shapes: ${of('driven')} driven, ${of('watched')} watched, ${refused}, ${of('stumbled')} stumbled`;
}

/**
 * The page of the documentation. `before`: the page as it is; the rows of shapes that were not tried now are kept from
 * it. `names`: all shapes that there are.
 */
export function page(all: readonly Found[], names: readonly string[], before = ''): string {
  const rows = new Map([...rowsOf(before), ...all.map((found) => row(found))].map((text) => [cells(text)[0], text]));
  const shown = names.flatMap((name) => rows.get(name) ?? []).toSorted(byEnd);
  const released = shown.filter((text) => cells(text)[2] !== 'refused' && !text.includes(PLANNED)).length;
  return `# Which Rollouts a release can take

\`npm run shapes -- --write\` writes this page. Each row is one shape of Rollout, route and template that people have, in
\`bench/shapes/data\`. The command applies it to the sandbox (Argo Rollouts 1.10.1, Traefik 3.7.15), and plans a release. Where a
release is possible, it releases a good and a bad version under load: ${released} of the shapes. No request failed in these, except
those that the bad version answered with an error itself. Traefik has \`allowCrossNamespace\` there. Without it a plan refuses a
route of another namespace if no other route leads to the Rollout, and names this setting (tried with both shapes \`cross-namespace-*\`).

* **driven**: the release holds each weight until its verdict (\`strategy: canary\`, \`rolling\` or \`blue-green\`).
* **watched**: Argo keeps its own steps and times, and the release judges beside it ([watch.md](watch.md)).
* **refused**: the plan says why, and names the line to change.

${counts(shown.map((text) => cells(text)[2] ?? ''))}

| shape | what it is | release | |
|---|---|---|---|
${shown.join('\n')}
`;
}

const PLANNED = 'Only planned: ';

function rowsOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.startsWith('| '));
}

/** The cells of a row, up to the first that may contain a bar. */
function cells(line: string): readonly string[] {
  return line
    .split('|')
    .slice(1, 4)
    .map((cell) => cell.trim());
}

function byEnd(one: string, other: string): number {
  const [a, b] = [cells(one), cells(other)];
  return ORDER.indexOf(a[2] ?? '') - ORDER.indexOf(b[2] ?? '') || (a[0] ?? '').localeCompare(b[0] ?? '');
}

function row({ shape, end, says, released }: Found): string {
  const text = end === 'driven' || end === 'watched' ? (leftOut(shape, released) ?? '') : says;
  return `| ${shape.name} | ${shape.about} | ${end} | ${text.replaceAll('|', '\\|')} |`;
}

/** What of the two releases could not be tried. */
function leftOut({ goodOnly, plannedOnly }: Found['shape'], released: boolean): string | undefined {
  if (!released) return plannedOnly && `${PLANNED}${plannedOnly}`;
  return goodOnly && `Only a good version: ${goodOnly}`;
}

function sorted(all: readonly Found[]): readonly Found[] {
  return all.toSorted(
    (a, b) => ORDER.indexOf(a.end) - ORDER.indexOf(b.end) || a.shape.name.localeCompare(b.shape.name),
  );
}

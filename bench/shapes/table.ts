import type { Found } from './walk.ts';

const ORDER = ['driven', 'watched', 'refused', 'stumbled'];

/** One line for each shape, by how it ends. */
export function table(all: readonly Found[]): string {
  const lines = sorted(all).map(({ shape, end, says }) => `${end.padEnd(9)} ${shape.name.padEnd(32)} ${says}`);
  return lines.join('\n');
}

/** The last line of the command. */
export function summary(all: readonly Found[]): string {
  const of = (wanted: string): number => all.filter(({ end }) => end === wanted).length;
  const refused = `${of('refused')} refused with a line to change`;
  return `${all.length} shapes: ${of('driven')} driven, ${of('watched')} watched, ${refused}, ${of('stumbled')} stumbled`;
}

/** The page of the documentation. */
export function page(all: readonly Found[]): string {
  const released = all.filter((found) => found.released).length;
  return `# Which Rollouts a release can take

\`npm run shapes -- --write\` writes this page. Each row is one shape of Rollout, route and template that people have, in
\`bench/shapes/data\`. The command applies it to the sandbox (Argo Rollouts 1.10.1, Traefik 3.7.15), and plans a release. Where a
release is possible, it releases a good and a bad version under load: ${released} of the shapes. No request failed in these, except
those that the bad version answered with an error itself.

* **driven**: the release holds each weight until its verdict (\`strategy: canary\` or \`blue-green\`).
* **watched**: Argo keeps its own steps and times, and the release judges beside it ([watch.md](watch.md)).
* **refused**: the plan says why, and names the line to change.

${summary(all)}

| shape | what it is | release | |
|---|---|---|---|
${sorted(all).map(row).join('\n')}
`;
}

function row({ shape, end, says, released }: Found): string {
  const text = end === 'refused' ? says : (leftOut(shape, released) ?? '');
  return `| ${shape.name} | ${shape.about} | ${end} | ${text.replaceAll('|', '\\|')} |`;
}

/** What of the two releases could not be tried. */
function leftOut({ goodOnly, plannedOnly }: Found['shape'], released: boolean): string | undefined {
  if (!released) return plannedOnly && `Only planned: ${plannedOnly}`;
  return goodOnly && `Only a good version: ${goodOnly}`;
}

function sorted(all: readonly Found[]): readonly Found[] {
  return all.toSorted(
    (a, b) => ORDER.indexOf(a.end) - ORDER.indexOf(b.end) || a.shape.name.localeCompare(b.shape.name),
  );
}

import type { FluxGraph, GraphEdge, GraphNode } from './graph.ts';

const WIDTH = 260;
const HEIGHT = 44;
const GAP_X = 90;
const GAP_Y = 18;
const MARGIN = 16;
const MAX_LABEL = 36;

const COLOURS: Readonly<Record<GraphNode['state'], string>> = {
  ready: '#1a7f37',
  'not ready': '#c00000',
  'in progress': '#9a6700',
  suspended: '#6e7781',
  none: '#57606a',
  missing: '#c00000',
  'not read': '#57606a',
};

interface Placed extends GraphNode {
  readonly x: number;
  readonly y: number;
}

/** A graph as a drawing of its own: what an object needs is to the left of it. */
export function graphSvg({ nodes, edges }: FluxGraph): string {
  const placed = place(nodes, edges);
  const at = new Map(placed.map((node) => [node.key, node]));
  const width = Math.max(0, ...placed.map(({ x }) => x)) + WIDTH + MARGIN;
  const height = Math.max(0, ...placed.map(({ y }) => y)) + HEIGHT + MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="12">`,
    ...edges.map((edge) => line(edge, at)),
    ...placed.map(box),
    '</svg>',
  ].join('\n');
}

/** Columns by the longest way to an object that needs nothing. A cycle is cut where it was entered. */
function place(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): readonly Placed[] {
  const needs = Map.groupBy(edges, ({ from }) => from);
  const depths = new Map<string, number>();
  const depth = (key: string, path: readonly string[]): number => {
    const known = depths.get(key);
    if (known !== undefined || path.includes(key)) return known ?? 0;
    const found = Math.max(0, ...(needs.get(key) ?? []).map(({ to }) => 1 + depth(to, [...path, key])));
    depths.set(key, found);
    return found;
  };
  const rows = new Map<number, number>();
  return nodes.map((node) => {
    const column = depth(node.key, []);
    const row = rows.get(column) ?? 0;
    rows.set(column, row + 1);
    return { ...node, x: MARGIN + column * (WIDTH + GAP_X), y: MARGIN + row * (HEIGHT + GAP_Y) };
  });
}

function box({ x, y, kind, namespace, name, state }: Placed): string {
  const colour = COLOURS[state];
  return [
    `<rect x="${x}" y="${y}" width="${WIDTH}" height="${HEIGHT}" rx="6" fill="#fff" stroke="${colour}" stroke-width="1.5"/>`,
    `<text x="${x + 10}" y="${y + 18}">${escaped(cut(`${namespace}/${name}`))}</text>`,
    `<text x="${x + 10}" y="${y + 35}" fill="${colour}">${escaped(`${kind}: ${state}`)}</text>`,
  ].join('');
}

function line({ from, to, as }: GraphEdge, at: ReadonlyMap<string, Placed>): string {
  const [a, b] = [at.get(from), at.get(to)];
  if (!a || !b) return '';
  const [x1, y1, x2, y2] = [a.x, a.y + HEIGHT / 2, b.x + WIDTH, b.y + HEIGHT / 2];
  const dash = as === 'dependency' ? ' stroke-dasharray="5 3"' : '';
  return `<path d="M${x1} ${y1} C${x1 - GAP_X / 2} ${y1} ${x2 + GAP_X / 2} ${y2} ${x2} ${y2}" fill="none" stroke="#57606a"${dash}><title>${escaped(as)}</title></path>`;
}

const cut = (text: string): string => (text.length > MAX_LABEL ? `${text.slice(0, MAX_LABEL - 1)}…` : text);

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

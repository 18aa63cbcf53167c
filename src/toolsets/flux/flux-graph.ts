import { plural } from '../../domain/plural.ts';
import { z } from 'zod';
import { DEFAULT_BYTES, maxBytes, objectsFields } from '../../contract/cluster-object.ts';
import { parse } from '../../contract/parse.ts';
import { SluiceError } from '../../domain/errors.ts';
import { graphOf, type FluxGraph } from '../../domain/flux/graph.ts';
import { graphSvg } from '../../domain/flux/graph-svg.ts';
import { mermaid } from '../../domain/flux/mermaid.ts';
import { sizeOf } from '../../domain/cluster-objects/fitted.ts';
import type { Command } from '../../commands/command.ts';
import { clusterOf } from '../../commands/objects/located.ts';
import { fluxObjects } from './read-objects.ts';

const FORMATS = ['data', 'mermaid', 'svg'] as const;
const input = z.strictObject({
  cluster: objectsFields.cluster,
  namespace: objectsFields.namespace,
  format: z.enum(FORMATS).optional().describe('Default data.'),
  max_bytes: maxBytes,
});
const output = z.strictObject({
  nodes: z
    .array(z.strictObject({ id: z.string(), state: z.string() }))
    .optional()
    .describe('id: kind/namespace/name. missing: it is named and does not exist.'),
  edges: z
    .array(z.strictObject({ from: z.int(), to: z.int(), as: z.string() }))
    .optional()
    .describe('from, to: indexes of the node that needs and of the needed one.'),
  drawing: z.string().optional().describe('Mermaid or SVG.'),
  node_total: z.number(),
  edge_total: z.number(),
  cycles: z.array(z.array(z.string())).describe('Dependencies in a circle. Flux never reconciles these.'),
  left_out: z.array(z.string()),
});
type Output = z.output<typeof output>;

export const fluxGraph: Command<typeof input, typeof output> = {
  name: 'flux_graph',
  title: 'Graph of what needs what in Flux',
  description:
    'Which objects of Flux need which others: sources, dependencies, providers. As data, as a Mermaid flowchart, or as an SVG drawing. Names missing objects and cycles.',
  kind: 'read',
  idempotent: true,
  toolset: 'flux',
  input,
  output,
  examples: [
    { title: 'A namespace', input: { namespace: 'shop' } },
    { title: 'As Mermaid', input: { namespace: 'shop', format: 'mermaid' } },
  ],
  check: (raw) => parse(input, raw ?? {}),
  async run(context, { format = 'data', max_bytes: max = DEFAULT_BYTES, ...asked }) {
    const cluster = await clusterOf(context, asked.cluster);
    const { objects, notRead, isRead } = await fluxObjects(context, { ...asked, cluster });
    const graph = graphOf(objects, isRead);
    const common = {
      node_total: graph.nodes.length,
      edge_total: graph.edges.length,
      cycles: graph.cycles.slice(0, 20).map((cycle) => [...cycle]),
    };
    if (format === 'data') return { ...common, ...dataOf(graph, max - sizeOf(common), notRead) };
    return { ...common, drawing: drawingOf(graph, format, max), left_out: [...notRead] };
  },
  text: (answer) => lines(answer).join('\n'),
};

/** Half of a drawing shows nothing, so one that does not fit is refused. Errors: NOT_APPLICABLE. */
function drawingOf(graph: FluxGraph, format: 'mermaid' | 'svg', max: number): string {
  const text = format === 'svg' ? graphSvg(graph) : mermaid(graph);
  const size = sizeOf(text);
  if (size <= max) return text;
  throw new SluiceError('NOT_APPLICABLE', `The drawing has ${size} bytes, and the limit is ${max}.`, {
    next: 'Raise max_bytes, or name a namespace.',
  });
}

/** The first nodes that fit, with the edges between them. */
function dataOf({ nodes, edges }: FluxGraph, max: number, notRead: readonly string[]) {
  let rest = max;
  const shown = nodes.map(({ key, state }) => ({ id: key, state })).filter((row) => (rest -= sizeOf(row) + 1) > 0);
  const index = new Map(shown.map(({ id }, at) => [id, at]));
  const between = edges.flatMap(({ from: needs, to: needed, as }) => {
    const [from, to] = [index.get(needs), index.get(needed)];
    return from === undefined || to === undefined ? [] : [{ from, to, as: String(as) }];
  });
  const kept = between.filter((row) => (rest -= sizeOf(row) + 1) > 0);
  return {
    nodes: shown,
    edges: kept,
    left_out: [
      ...(shown.length < nodes.length ? [`nodes: ${nodes.length - shown.length}`] : []),
      ...(kept.length < edges.length ? [`edges: ${edges.length - kept.length}`] : []),
      ...notRead,
    ],
  };
}

function lines({ nodes = [], edges = [], drawing, node_total: total, cycles, left_out: leftOut }: Output) {
  const name = (index: number): string => nodes[index]?.id ?? '';
  return [
    ...(drawing === undefined ? [] : [drawing]),
    ...edges.map(({ from, to, as }) => `${name(from)} needs ${name(to)} (${as})`),
    ...nodes.filter(({ state }) => state !== 'ready').map(({ id, state }) => `${id} is ${state}`),
    `${plural(total, 'object')}.`,
    ...cycles.map((cycle) => `Cycle: ${cycle.join(' → ')}`),
    ...(leftOut.length > 0 ? [`Left out: ${leftOut.join('; ')}.`] : []),
  ];
}

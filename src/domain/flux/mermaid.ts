import type { FluxGraph, GraphNode } from './graph.ts';

/** A graph as a Mermaid flowchart. */
export function mermaid({ nodes, edges, cycles }: FluxGraph): string {
  const ids = new Map(nodes.map(({ key }, index) => [key, `n${index}`]));
  const inCycle = new Set(cycles.flat());
  const marked = nodes.filter(({ key, state }) => inCycle.has(key) || isBad(state));
  return [
    'flowchart LR',
    ...nodes.map((node) => `  ${ids.get(node.key) ?? ''}["${label(node)}"]`),
    ...edges.map(({ from, to, as }) => `  ${ids.get(from) ?? ''} -->|${as}| ${ids.get(to) ?? ''}`),
    ...(marked.length > 0
      ? [
          '  classDef bad stroke:#c00,stroke-width:2px',
          `  class ${marked.map(({ key }) => ids.get(key)).join(',')} bad`,
        ]
      : []),
  ].join('\n');
}

/** The name in a reference can be any text, so what Mermaid reads as its own is replaced. */
function label({ kind, namespace, name, state }: GraphNode): string {
  return `${`${kind} ${namespace}/${name}`.replaceAll(/[^\w./ -]/g, '?')}<br/>${state}`;
}

function isBad(state: GraphNode['state']): boolean {
  return state === 'not ready' || state === 'missing';
}

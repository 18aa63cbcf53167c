import { keyOf, ownKey, referencesOf, type FluxReference } from './references.ts';
import { metaOf, type ApiObject } from '../cluster-objects/api-object.ts';
import { fluxState, type Readiness } from './flux-state.ts';

export interface GraphNode {
  /** `<kind>/<namespace>/<name>`. */
  readonly key: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** `missing`: an object names it, and it does not exist. `not read`: it is outside of what was read. */
  readonly state: Readiness | 'missing' | 'not read';
}

/** `from` needs `to`. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly as: FluxReference['as'];
}

export interface FluxGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** Each cycle of dependencies: the keys in order, the first one also at the end. Flux never reconciles these. */
  readonly cycles: readonly (readonly string[])[];
}

/** `isRead`: whether everything of this kind and namespace was read, so that an absent object does not exist. */
export function graphOf(objects: readonly ApiObject[], isRead: (reference: FluxReference) => boolean): FluxGraph {
  const nodes = new Map(objects.map((object) => [ownKey(object), nodeOf(object)]));
  const edges = objects.flatMap((object) => edgesOf(object));
  for (const { to } of edges) {
    const key = keyOf(to);
    if (nodes.has(key) || to.name === '*') continue;
    const { kind, namespace, name } = to;
    nodes.set(key, { key, kind, namespace, name, state: isRead(to) ? 'missing' : 'not read' });
  }
  const known = edges
    .filter(({ to }) => nodes.has(keyOf(to)))
    .map(({ from, to }) => ({ from, to: keyOf(to), as: to.as }));
  return { nodes: [...nodes.values()], edges: known, cycles: cyclesOf(known) };
}

function nodeOf(object: ApiObject): GraphNode {
  const { namespace = '', name } = metaOf(object);
  return { key: ownKey(object), kind: String(object['kind']), namespace, name, state: fluxState(object).readiness };
}

function edgesOf(object: ApiObject): readonly { readonly from: string; readonly to: FluxReference }[] {
  return referencesOf(object).map((to) => ({ from: ownKey(object), to }));
}

/** Cycles among dependencies, each once. */
function cyclesOf(edges: readonly GraphEdge[]): readonly (readonly string[])[] {
  const next = Map.groupBy(
    edges.filter(({ as }) => as === 'dependency'),
    ({ from }) => from,
  );
  const done = new Set<string>();
  const found: string[][] = [];
  const visit = (key: string, path: readonly string[]): void => {
    const start = path.indexOf(key);
    if (start >= 0) return void found.push([...path.slice(start), key]);
    if (done.has(key)) return;
    for (const { to } of next.get(key) ?? []) visit(to, [...path, key]);
    done.add(key);
  };
  for (const key of next.keys()) visit(key, []);
  return found;
}

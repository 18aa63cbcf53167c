import type { Shape } from './shape.ts';

/**
 * A few shapes with every pair of properties that any two shapes have together. The choice is the same each time.
 */
export function pairwiseSample(shapes: readonly Shape[]): readonly Shape[] {
  const missing = new Set(shapes.flatMap(pairsOf));
  const sample: Shape[] = [];
  while (missing.size > 0) {
    const gain = (shape: Shape): number => pairsOf(shape).filter((pair) => missing.has(pair)).length;
    const best = shapes.reduce((one, other) => (gain(other) > gain(one) ? other : one));
    for (const pair of pairsOf(best)) missing.delete(pair);
    sample.push(best);
  }
  return sample;
}

function pairsOf(shape: Shape): readonly string[] {
  const all = propertiesOf(shape);
  return all.flatMap((one, index) => all.slice(index + 1).map((other) => `${one} ${other}`));
}

function propertiesOf({ base, end, rollout, traefikService, ingressRoute, objects, update }: Shape): readonly string[] {
  const { spec = {} } = rollout as { spec?: Record<string, unknown> };
  const kinds = new Set(objects.map(({ kind }) => String(kind)));
  return [
    base,
    end,
    update ? 'joined' : 'started',
    traefikService === null ? 'no weights' : Object.keys(traefikService).length > 0 ? 'own weights' : 'usual weights',
    ingressRoute && Object.keys(ingressRoute).length === 0 ? 'usual route' : 'own route',
    ...Object.keys(spec).map((field) => `spec.${field}`),
    ...kinds,
  ];
}

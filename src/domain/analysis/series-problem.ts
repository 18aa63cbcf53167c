/** The result of an expression at one time. */
export type Answer = readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[];

export interface SeriesProblem {
  readonly kind: 'empty' | 'several' | 'not-a-number';
  readonly reason: string;
}

const SHOWN = 3;

/**
 * The reason why a result is not the single number that a metric needs. Undefined when it is one. Only `empty` may pass
 * with time.
 */
export function seriesProblem(answer: Answer): SeriesProblem | undefined {
  if (answer.length > 1)
    return {
      kind: 'several',
      reason: `the query gives ${answer.length} series (${shown(answer)}), where one number is needed; add sum(…), max(…) or labels`,
    };
  const [only] = answer;
  if (only === undefined) return { kind: 'empty', reason: 'Prometheus has no data for it' };
  if (Number.isNaN(only.value))
    return { kind: 'not-a-number', reason: 'the query gives NaN, as a ratio does without traffic' };
  if (!Number.isFinite(only.value))
    return {
      kind: 'not-a-number',
      reason: `the query gives ${only.value > 0 ? '+Inf' : '-Inf'}, as a division by zero does`,
    };
  return undefined;
}

function shown(answer: Answer): string {
  const texts = answer.slice(0, SHOWN).map(
    ({ labels }) =>
      `{${Object.entries(labels)
        .map(([name, value]) => `${name}="${value}"`)
        .join(', ')}}`,
  );
  return `${texts.join(', ')}${answer.length > SHOWN ? ', …' : ''}`.slice(0, 200);
}

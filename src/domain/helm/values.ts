import { isRecord } from '../cluster-objects/api-object.ts';

type Values = Readonly<Record<string, unknown>>;

/**
 * Values of several files as Helm reads them: maps are merged, and any other value of a later file replaces the earlier
 * one. A null stays, because it removes a value of the chart.
 */
export function overlaid(under: Values, over: Values): Values {
  const merged = new Map(Object.entries(under));
  for (const [key, value] of Object.entries(over)) {
    const before = merged.get(key);
    merged.set(key, isRecord(value) && isRecord(before) ? overlaid(before, value) : value);
  }
  return Object.fromEntries(merged);
}

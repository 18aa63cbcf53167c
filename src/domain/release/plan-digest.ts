import type { ReleasePlan, ReleaseSpec } from './plan.ts';

/** SHA-256 of a text in hex. The domain has no packages, so the caller brings it. */
export type Sha256 = (text: string) => string;

/** All inputs of a release, and the facts about its target that were read for its plan. */
export function planFacts(spec: ReleaseSpec, plan: ReleasePlan): Record<string, unknown> {
  // The values pass through JSON, so that a stored plan and a new one are equal.
  return JSON.parse(JSON.stringify({ ...spec, ...plan })) as Record<string, unknown>;
}

/** The name of a plan: `plan-` and 24 hex digits. Plans with equal facts have the same. */
export function planDigest(facts: Readonly<Record<string, unknown>>, sha256: Sha256): string {
  return `plan-${sha256(canonicalJson(facts)).slice(0, 24)}`;
}

/** JSON with the fields of every object in alphabetical order. */
export function canonicalJson(value: unknown): string {
  return (
    JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === 'object' && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
    ) ?? 'undefined'
  );
}

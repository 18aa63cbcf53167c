import { plural } from '../plural.ts';

/** The weight at one proxy replica, from its own API. */
export interface ProxyWeights {
  readonly replica: string;
  /** Candidate weight in percent. Absent when the API did not answer or does not have the service. */
  readonly candidate?: number;
  readonly error?: string;
}

export const WEIGHT_EFFECTS = ['proved', 'reported', 'pending', 'refused'] as const;

/** What was read back after a weight was set. All weights are the candidate's, in percent. */
export interface WeightProof {
  /** `reported`: the controller says so, and no proxy is read that could prove it. */
  readonly effective: (typeof WEIGHT_EFFECTS)[number];
  readonly reason: string;
  readonly wanted: number;
  /** status.canary.weights of the Rollout. For canary only. */
  readonly rollout?: number;
  readonly traefikService?: number;
  readonly replicas: readonly ProxyWeights[];
  readonly at: number;
}

/** An observation before it is judged. */
export interface WeightObservation {
  readonly wanted: number;
  readonly rollout?: number;
  readonly traefikService?: number;
  readonly replicas: readonly ProxyWeights[];
  readonly at: number;
}

/**
 * The weight is the controller's word, so it is never proved. `report`: its words. `weight`: the new version's, in
 * percent.
 */
export function reportedWeight(
  { wanted, at }: Pick<WeightObservation, 'wanted' | 'at'>,
  { weight, report }: { readonly weight: number; readonly report: string },
): WeightProof {
  const seen = { wanted, rollout: weight, replicas: [], at };
  return weight === wanted
    ? { ...seen, effective: 'reported', reason: `${report}; no proxy was read` }
    : { ...seen, effective: 'pending', reason: `${report}, wanted weight ${wanted}` };
}

/**
 * A weight is proved only when every place that holds it shows the same value. Without any replica API the effect stays
 * pending, and the counters must confirm it (design.md, "A release").
 */
export function proveWeight(seen: WeightObservation): WeightProof {
  const wrong = mismatch(seen);
  if (wrong) return { ...seen, effective: 'pending', reason: wrong };
  if (seen.replicas.length === 0)
    return { ...seen, effective: 'pending', reason: 'no Traefik API is configured, so only counters can confirm' };
  return {
    ...seen,
    effective: 'proved',
    reason: `weight ${seen.wanted} in force on ${plural(seen.replicas.length, 'Traefik replica')}`,
  };
}

function mismatch(seen: WeightObservation): string | undefined {
  if (seen.rollout !== undefined && seen.rollout !== seen.wanted)
    return `the Rollout reports weight ${seen.rollout}, wanted ${seen.wanted}`;
  if (seen.traefikService !== seen.wanted)
    return `the TraefikService has weight ${seen.traefikService ?? 'none'}, wanted ${seen.wanted}`;
  const bad = seen.replicas.find((replica) => replica.candidate !== seen.wanted);
  return (
    bad &&
    `Traefik ${bad.replica} has weight ${bad.candidate ?? 'none'}, wanted ${seen.wanted}${bad.error ? ` (${bad.error})` : ''}`
  );
}

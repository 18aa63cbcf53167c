import type { WeightProof } from '../release/proof.ts';
import type { RecordEntry } from '../release/record.ts';
import { measuredShares } from './comparisons.ts';
import { factsOf } from './entries.ts';
import type { ReportStep, WeightCourse } from './report.ts';
import { guardLooks } from './guard-looks.ts';

/** The weights that were wanted, the weights that were read back, and the measured shares. */
export function weightsOf(entries: readonly RecordEntry[], started: number): WeightCourse {
  const promoted = promotedFrom(entries);
  const proofs = factsOf(entries, 'proof').map(({ data: { at, step, wanted, effective, reason } }) => ({
    at,
    step,
    wanted: wanted === 0 && at >= promoted ? 100 : wanted,
    effective,
    reason,
  }));
  const seen = [
    ...proofs.map(({ at, wanted }) => ({ at, weight: wanted })),
    ...factsOf(entries, 'release').map(({ at, data }) => ({ at, weight: data.weightWanted })),
  ];
  const all = seen.map((one) => (one.weight === 0 && one.at >= promoted ? { ...one, weight: 100 } : one));
  const wanted = [{ at: started, weight: 0 }, ...all.sort((a, b) => a.at - b.at)];
  return {
    wanted: wanted.filter(({ weight }, index) => weight !== wanted[index - 1]?.weight),
    proofs,
    measured: measuredShares(entries),
  };
}

/**
 * The time at which the promotion of a successful release began, epoch ms, otherwise Infinity. From then on a weight of
 * 0 means that the new version is the stable one and has all traffic.
 */
function promotedFrom(entries: readonly RecordEntry[]): number {
  const succeeded = factsOf(entries, 'release').some(({ data }) => data.state === 'succeeded');
  const begun = factsOf(entries, 'event').findLast(({ data }) => data.state === 'promoting');
  return succeeded && begun ? begun.data.at : Infinity;
}

/** The weights of the plan, with the time of each proof and the verdict on each. */
export function stepsOf(entries: readonly RecordEntry[]): readonly ReportStep[] {
  const plan = factsOf(entries, 'release').findLast(({ data }) => data.plan)?.data.plan;
  const proofs = factsOf(entries, 'proof');
  const isLook = guardLooks(entries);
  const verdicts = factsOf(entries, 'verdict').filter((fact) => !isLook(fact));
  return (plan?.steps ?? []).map(({ weight }, index) => {
    const since = (effect: WeightProof['effective']) =>
      proofs.find(({ data }) => data.step === index && data.wanted === weight && data.effective === effect)?.data.at;
    const [proved, reported] = [since('proved'), since('reported')];
    const outcome = verdicts.findLast(({ data }) => data.step === index)?.data.outcome;
    return {
      index,
      weight,
      ...(proved === undefined ? {} : { proved }),
      ...(reported === undefined ? {} : { reported }),
      ...(outcome === undefined ? {} : { outcome }),
    };
  });
}

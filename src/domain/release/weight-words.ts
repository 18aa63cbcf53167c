import type { WeightProof } from './proof.ts';

/**
 * How far the wanted weight is proved, for the end of a sentence. A proof of another weight belongs to the step before,
 * and says nothing of this one. Empty if nothing has been read back.
 */
export function proofWords(
  wanted: number,
  proof: Pick<WeightProof, 'wanted' | 'effective' | 'reason'> | undefined,
): string {
  if (!proof) return '';
  return proof.wanted === wanted
    ? `${proof.effective}: ${proof.reason}`
    : `not read back yet; before it ${proof.effective}: ${proof.reason}`;
}

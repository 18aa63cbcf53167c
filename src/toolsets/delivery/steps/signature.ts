import type { DeliveryFinding } from '../../../domain/delivery/delivery.ts';
import { PAYLOAD_TYPE, provenanceOf } from '../../../domain/delivery/provenance.ts';
import { SluiceError } from '../../../domain/errors.ts';
import type { Present } from '../../../onboarding/plan.ts';
import type { FileWrite } from '../../../ports/deployments.ts';
import type { SignerPort } from '../../../ports/signer.ts';
import { PROVENANCE_FILE, verifiedFiles } from '../verified-files.ts';
import { fact, type StepCall } from './step.ts';

const CHECK = 'signature';

/** The signed provenance of an image that was pushed. One that the branch has already stays. */
export async function signedProvenance(
  { context, input, facts, runId }: StepCall,
  digest: string,
  present: Present,
): Promise<{ readonly files: readonly FileWrite[]; readonly finding: DeliveryFinding }> {
  const { signer } = context.delivery;
  const statement = provenanceOf(input, { ...facts, image: fact(facts.image, 'image'), digest }, runId);
  const payload = JSON.stringify(statement);
  const signed = await signer.sign(payload, PAYLOAD_TYPE);
  if (!signed) return { files: [], finding: notSigned };
  const text = `the provenance is signed by the key ${signed.keyId.slice(0, 16)}`;
  const same = await hasSigned(signer, present[PROVENANCE_FILE], { payload, keyId: signed.keyId });
  const file = { path: PROVENANCE_FILE, text: signed.envelope, executable: false };
  return { files: same ? [] : [file], finding: { check: CHECK, outcome: 'passed', text } };
}

const notSigned: DeliveryFinding = {
  check: CHECK,
  outcome: 'not-run',
  text: 'the image is not signed, because SLUICE_SIGNING_KEY names no key',
};

/** An ECDSA signature differs each time, so a repetition keeps the first one. */
async function hasSigned(
  signer: SignerPort,
  envelope: string | undefined,
  { payload, keyId }: { readonly payload: string; readonly keyId: string },
): Promise<boolean> {
  if (envelope === undefined) return false;
  try {
    const found = await signer.verify(envelope, PAYLOAD_TYPE);
    return found.payload === payload && found.keyId === keyId;
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'SIGNATURE_REFUSED') return false;
    throw error;
  }
}

/** Verifies the provenance in the commit that is deployed. Errors: as `verifiedFiles`. */
export async function verifiedProvenance({ context, input, facts }: StepCall): Promise<readonly DeliveryFinding[]> {
  const { signer, deployments } = context.delivery;
  if (!(await signer.demanded())) return [];
  const digest = fact(facts.digest, 'digest');
  const present = await deployments.readCommit(input.name, fact(facts.pinnedCommit, 'commit'));
  const keyId = await verifiedFiles(signer, present, digest);
  const text = `the key ${keyId.slice(0, 16)} has signed the provenance of ${digest}`;
  return [{ check: CHECK, outcome: 'passed', text }];
}

import { valueAt, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { PAYLOAD_TYPE, wrongSubject } from '../../domain/delivery/provenance.ts';
import { SluiceError } from '../../domain/errors.ts';
import { imageParts } from '../../domain/onboarding/image-reference.ts';
import { objectsIn } from '../../commands/objects/yaml-text.ts';
import { readDeployment } from '../../onboarding/deployment-text.ts';
import type { Present } from '../../onboarding/plan.ts';
import type { SignerPort } from '../../ports/signer.ts';

/** The file of a deployment that has the signed provenance of its image. */
export const PROVENANCE_FILE = 'provenance.dsse.json';

/**
 * The files of a deployment have the provenance of this digest, signed by a trusted key, and name this digest and no
 * other one. Returns the id of the key. Errors: SIGNATURE_REFUSED, SIGNING_KEY_INVALID.
 */
export async function verifiedFiles(signer: SignerPort, present: Present, digest: string): Promise<string> {
  const envelope = present[PROVENANCE_FILE];
  if (envelope === undefined) throw refused(`the deployment has no ${PROVENANCE_FILE}`);
  const { payload, keyId } = await signer.verify(envelope, PAYLOAD_TYPE);
  const wrong = wrongSubject(payload, digest) ?? otherImage(present, digest);
  if (wrong !== undefined) throw refused(wrong);
  return keyId;
}

/** What the files name instead of the digest. */
function otherImage(present: Present, digest: string): string | undefined {
  const { image } = readDeployment(present['deployment.yaml'] ?? '');
  if (!image.endsWith(`@${digest}`)) return `deployment.yaml names ${image}`;
  const base = Object.entries(present).filter(([path]) => path.startsWith('k8s/base/'));
  const images = base.flatMap(([path, text]) => objectsIn(path, text).flatMap(imagesOf));
  const own = images.filter((one) => imageParts(one).name === imageParts(image).name);
  const other = own.find((one) => one !== image);
  if (other !== undefined) return `k8s/base names ${other}`;
  return own.length > 0 ? undefined : `k8s/base does not name ${image}`;
}

function imagesOf(object: ApiObject): readonly string[] {
  const containers = valueAt(object, ['spec', 'template', 'spec', 'containers']);
  return (Array.isArray(containers) ? containers : []).map((one: ApiObject) => String(one['image']));
}

function refused(why: string): SluiceError {
  return new SluiceError('SIGNATURE_REFUSED', `The image is not deployed: ${why}.`);
}

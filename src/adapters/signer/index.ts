import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { SluiceError } from '../../domain/errors.ts';
import type { SignerPort } from '../../ports/signer.ts';
import { encoded, envelopeIn, envelopeOf, type Envelope } from './envelope.ts';
import { idOf, keyOf, type KeyReference } from './keys.ts';

export interface SignerSettings {
  readonly key?: KeyReference | undefined;
  /** Public keys. Empty: only that of `key`. */
  readonly trusted: readonly KeyReference[];
}

/** Signs with an ECDSA or Ed25519 key, in envelopes of DSSE. Keys are read at each call, so they may be replaced. */
export function createSigner({ key, trusted }: SignerSettings): SignerPort {
  return {
    canSign: async () => key !== undefined,
    demanded: async () => key !== undefined || trusted.length > 0,
    async sign(payload, type) {
      if (key === undefined) return undefined;
      const secret = await keyOf(key, createPrivateKey);
      const keyId = idOf(createPublicKey(secret));
      const sig = sign(hashFor(secret), encoded(type, Buffer.from(payload)), secret);
      return { envelope: envelopeOf({ payload: Buffer.from(payload), type, keyId, sig }), keyId };
    },
    async verify(text, type) {
      const envelope = envelopeIn(text);
      if (envelope.type !== type) throw refused(`it is for ${envelope.type}, not for ${type}`);
      const references = trusted.length > 0 ? trusted : key === undefined ? [] : [key];
      const keys = await Promise.all(references.map((one) => keyOf(one, createPublicKey)));
      const signer = keys.find((one) => hasSigned(one, envelope));
      if (signer) return { payload: envelope.payload.toString('utf8'), keyId: idOf(signer) };
      throw refused(`none of ${keys.length} trusted keys has made it`);
    },
  };
}

function hasSigned(key: KeyObject, { type, payload, signatures }: Envelope): boolean {
  const data = encoded(type, payload);
  return signatures.some((signature) => verify(hashFor(key), data, key, signature));
}

/** Ed25519 has its own hash. */
const hashFor = ({ asymmetricKeyType }: KeyObject): string | null =>
  asymmetricKeyType === 'ed25519' ? null : 'sha256';

function refused(why: string): SluiceError {
  return new SluiceError('SIGNATURE_REFUSED', `The signature does not count: ${why}.`);
}

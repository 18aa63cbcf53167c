import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';

/** A DSSE envelope: https://github.com/secure-systems-lab/dsse */
const envelopeFile = z.object({
  payloadType: z.string(),
  payload: z.base64(),
  signatures: z.array(z.object({ keyid: z.string().optional(), sig: z.base64() })).min(1),
});

export interface Envelope {
  readonly type: string;
  readonly payload: Buffer;
  readonly signatures: readonly Buffer[];
}

/** What is signed: the type and the payload with their lengths, so that neither can become a part of the other. */
export function encoded(type: string, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `), payload]);
}

interface SignedParts {
  readonly payload: Buffer;
  readonly type: string;
  readonly keyId: string;
  readonly sig: Buffer;
}

export function envelopeOf({ payload, type, keyId, sig }: SignedParts): string {
  const signatures = [{ keyid: keyId, sig: sig.toString('base64') }];
  return `${JSON.stringify({ payloadType: type, payload: payload.toString('base64'), signatures }, null, 2)}\n`;
}

/** Errors: SIGNATURE_REFUSED. */
export function envelopeIn(text: string): Envelope {
  try {
    const { payloadType: type, payload, signatures } = envelopeFile.parse(JSON.parse(text));
    const buffer = (base64: string): Buffer => Buffer.from(base64, 'base64');
    return { type, payload: buffer(payload), signatures: signatures.map(({ sig }) => buffer(sig)) };
  } catch (cause) {
    throw new SluiceError('SIGNATURE_REFUSED', 'The signature does not count: it is no DSSE envelope.', { cause });
  }
}

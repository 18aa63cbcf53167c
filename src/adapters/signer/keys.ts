import { createHash, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { SluiceError } from '../../domain/errors.ts';

/** Where a key is: in an environment variable or in a file, as PEM. */
export interface KeyReference {
  readonly from: 'env' | 'file';
  readonly name: string;
}

const KINDS = ['ec', 'ed25519'];

/** No message contains a part of the key. Errors: SIGNING_KEY_INVALID. */
export async function keyOf(reference: KeyReference, read: (pem: string) => KeyObject): Promise<KeyObject> {
  const pem = await textOf(reference);
  const key = parsed(pem, read);
  if (key && KINDS.includes(key.asymmetricKeyType ?? '')) return key;
  throw invalid(reference, key ? `is of the kind ${key.asymmetricKeyType}` : 'is no key in PEM that can be read');
}

function parsed(pem: string, read: (pem: string) => KeyObject): KeyObject | undefined {
  try {
    return read(pem);
  } catch {
    return undefined;
  }
}

async function textOf(reference: KeyReference): Promise<string> {
  const { from, name } = reference;
  if (from === 'file') return readFile(name, 'utf8').catch(() => Promise.reject(invalid(reference, 'cannot be read')));
  const value = process.env[name];
  if (value === undefined) throw invalid(reference, 'is not set');
  return value;
}

function invalid({ from, name }: KeyReference, why: string): SluiceError {
  return new SluiceError('SIGNING_KEY_INVALID', `The ${from === 'env' ? 'variable' : 'file'} ${name} ${why}.`);
}

/** SHA-256 of the public key in DER, in hexadecimal digits. */
export function idOf(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

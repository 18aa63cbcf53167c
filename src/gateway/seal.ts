import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import { SluiceError } from '../domain/errors.ts';
import { Recent } from './recent.ts';

/** What a handle says. */
export interface Sealed {
  readonly kind: 'session' | 'state' | 'task';
  readonly server: string;
  readonly version: string;
  /** The session id, request state or task id of the version itself; empty where it gave none. */
  readonly inner: string;
  /** Makes the handles of two sessions differ where the version gave both no id. */
  readonly nonce?: string;
}

/** Makes handles that only a process with the key can read, and only for the principal that they were made for. */
export interface Sealer {
  /** The same input gives the same handle, because clients compare task ids. */
  seal(sealed: Sealed, principal: string): string;
  /** Throws GATEWAY_HANDLE_REFUSED for a handle of another kind, server, key or principal. */
  open(handle: string, kind: Sealed['kind'], server: string, principal: string): Sealed;
}

interface Keys {
  readonly cipher: Buffer;
  readonly nonce: Buffer;
}

/** Opened handles that are kept: every message of a session has the same one. */
const MOST_OPENED = 2_000;
const FORM = 's1.';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = 'aes-256-gcm';

/** The first key seals; every key opens, so that a key can be replaced while handles of the old one are in use. */
export function createSealer(keys: readonly Buffer[]): Sealer {
  const derived = keys.map((key) => ({ cipher: derive(key, 'cipher'), nonce: derive(key, 'nonce') }));
  const [first] = derived;
  if (!first) throw new SluiceError('GATEWAY_KEY_UNUSABLE', 'The gateway has no key.');
  const opened = new Recent<Sealed>(MOST_OPENED);
  return {
    seal: (sealed, principal) => FORM + encrypt(first, JSON.stringify(sealed), principal).toString('base64url'),
    open(handle, kind, server, principal) {
      const refused = `The ${NAMES[kind]} was not made by this gateway for this caller.`;
      // With the length, no other handle and principal make the same key.
      const value = opened.of(`${handle.length} ${handle}${principal}`, () => {
        const sealed = derived.map((key) => decrypt(key, handle, principal)).find((text) => text !== undefined);
        if (sealed !== undefined) return JSON.parse(sealed) as Sealed;
        throw new SluiceError('GATEWAY_HANDLE_REFUSED', refused);
      });
      if (value.kind === kind && value.server === server) return value;
      throw new SluiceError('GATEWAY_HANDLE_REFUSED', refused);
    },
  };
}

const NAMES = { session: 'session id', state: 'requestState', task: 'task id' } as const;

function derive(key: Buffer, use: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `sluice gateway ${use}`, 32));
}

/** The nonce depends on the content (as in RFC 5297), so that it never repeats for different content. */
function encrypt({ cipher: key, nonce: nonceKey }: Keys, text: string, principal: string): Buffer {
  const bound = Buffer.from(principal);
  const nonce = createHmac('sha256', nonceKey)
    .update(`${bound.length}:`)
    .update(bound)
    .update(text)
    .digest()
    .subarray(0, NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(bound);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

function decrypt({ cipher: key }: Keys, handle: string, principal: string): string | undefined {
  const bytes = handle.startsWith(FORM) ? Buffer.from(handle.slice(FORM.length), 'base64url') : Buffer.alloc(0);
  if (bytes.length <= NONCE_BYTES + TAG_BYTES) return undefined;
  try {
    const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES))
      .setAAD(Buffer.from(principal))
      .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    return decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
  } catch {
    return undefined;
  }
}

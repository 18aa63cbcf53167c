/** A text that a key has signed. */
export interface Signed {
  /** A DSSE envelope as JSON. */
  readonly envelope: string;
  /** SHA-256 of the public key, in hexadecimal digits. */
  readonly keyId: string;
}

/** A text that a trusted key has signed. */
export interface Verified {
  readonly payload: string;
  readonly keyId: string;
}

/** Keys of the settings. Errors of each: SIGNING_KEY_INVALID for a key that cannot be read. */
export interface SignerPort {
  /** Returns undefined if there is no key. */
  sign(payload: string, type: string): Promise<Signed | undefined>;
  canSign(): Promise<boolean>;
  /** Whether signatures are demanded: a key for signatures or a trusted one is named. */
  demanded(): Promise<boolean>;
  /** Further errors: SIGNATURE_REFUSED if no trusted key has signed a payload of this type. */
  verify(envelope: string, type: string): Promise<Verified>;
}

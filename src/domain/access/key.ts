import type { Permission } from './permission.ts';

/** What a new key of a machine may do. Times are in ms since 1970. */
export interface NewKey {
  /** For people. */
  readonly name: string;
  readonly permissions: readonly Permission[];
  /** If absent, all. */
  readonly namespaces?: readonly string[];
  readonly expiresAt?: number;
  readonly createdBy: string;
}

export interface Key extends NewKey {
  readonly id: string;
  readonly createdAt: number;
  /** Accurate to a minute. Absent if it was not used. */
  readonly usedAt?: number;
}

/** The keys of machines. Errors of all: CREDENTIALS_UNAVAILABLE. */
export interface Keys {
  /** Returns the token, which is kept nowhere. */
  create(wanted: NewKey): { readonly id: string; readonly token: string };
  /** Oldest first. */
  list(): readonly Key[];
  /** Errors: UNKNOWN_NAME. */
  revoke(id: string): void;
}

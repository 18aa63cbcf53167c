/**
 * A secret as it is, or the file that holds it: read anew for every request, since tokens of service accounts are
 * exchanged while a worker runs.
 */
export type Secret = { readonly value: string } | { readonly file: string };

/** Where Prometheus is and how it is asked. At most one of `bearerToken` and `basic`. */
export interface Connection {
  /** Base URL, without /api/v1. */
  readonly url: string;
  /** For the whole answer. */
  readonly timeoutMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly bearerToken?: Secret;
  readonly basic?: { readonly username: string; readonly password: Secret };
  /** PEM files, read anew for every request. `caFile`: trusted instead of the system's authorities. */
  readonly tls?: { readonly caFile?: string; readonly certFile?: string; readonly keyFile?: string };
}

export const DEFAULT_TIMEOUT_MS = 5_000;

/**
 * A secret, or the file that contains it. The file is read again for every request, because tokens of service accounts
 * are replaced while a worker runs.
 */
export type Secret = { readonly value: string } | { readonly file: string };

/** The address of Prometheus and its credentials. At most one of `bearerToken` and `basic` is set. */
export interface Connection {
  /** Base URL, without /api/v1. */
  readonly url: string;
  /** Time limit of the complete answer. */
  readonly timeoutMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly bearerToken?: Secret;
  readonly basic?: { readonly username: string; readonly password: Secret };
  /** PEM files, read again for every request. `caFile` replaces the system's authorities. */
  readonly tls?: { readonly caFile?: string; readonly certFile?: string; readonly keyFile?: string };
}

export const DEFAULT_TIMEOUT_MS = 5_000;

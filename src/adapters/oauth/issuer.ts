import { createRemoteJWKSet, type JWTVerifyGetKey } from 'jose';
import { SluiceError } from '../../domain/errors.ts';

/** Keys are read again after this time, or earlier if a token names a key that is not known. */
const KEYS_MS = 600_000;
/** An unknown key causes at most one read in this time, so that wrong tokens do not burden the issuer. */
const COOLDOWN_MS = 30_000;
const TIMEOUT_MS = 5_000;
/** An issuer that did not answer is asked again after this time. */
const RETRY_MS = 5_000;

/** The metadata documents of OAuth (RFC 8414) and of OpenID Connect, which put the path of an issuer differently. */
function documentsOf(issuer: string): readonly URL[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  return [
    new URL(`${origin}/.well-known/oauth-authorization-server${path}`),
    new URL(`${origin}${path}/.well-known/openid-configuration`),
  ];
}

/** The keys of an issuer, found by its metadata at the first use. Errors: CREDENTIALS_UNAVAILABLE. */
export function keysOf(issuer: string): () => Promise<JWTVerifyGetKey> {
  let found: Promise<JWTVerifyGetKey> | undefined;
  return () => {
    found ??= discover(issuer).catch((error: unknown) => {
      setTimeout(() => (found = undefined), RETRY_MS).unref();
      throw error;
    });
    return found;
  };
}

async function discover(issuer: string): Promise<JWTVerifyGetKey> {
  const problems: string[] = [];
  for (const url of documentsOf(issuer)) {
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' });
      if (!answer.ok) throw new Error(`it answers ${answer.status}`);
      const { issuer: said, jwks_uri: keys } = (await answer.json()) as { issuer?: unknown; jwks_uri?: unknown };
      if (said !== issuer) throw new Error('it names another issuer');
      return createRemoteJWKSet(new URL(String(keys)), {
        cacheMaxAge: KEYS_MS,
        cooldownDuration: COOLDOWN_MS,
        timeoutDuration: TIMEOUT_MS,
      });
    } catch (error) {
      problems.push(`${url.href}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw unreachable(issuer, problems.join('; '));
}

export function unreachable(issuer: string, why: string): SluiceError {
  return new SluiceError('CREDENTIALS_UNAVAILABLE', `The keys of the issuer ${issuer} cannot be read: ${why}.`);
}

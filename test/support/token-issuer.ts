import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { startHttpServer } from './http-server.ts';

/** An authorization server as far as a resource server sees it: its metadata, its key, and the tokens that it signs. */
export interface TokenIssuer {
  readonly url: string;
  /** An access token of `ada` for five minutes. `more` replaces claims. */
  token(audience: string, more?: JWTPayload): Promise<string>;
  /** The same with the signature of somebody else. */
  forged(audience: string, more?: JWTPayload): Promise<string>;
  close(): Promise<void>;
}

export async function startTokenIssuer(): Promise<TokenIssuer> {
  const [own, other] = await Promise.all([generateKeyPair('ES256'), generateKeyPair('ES256')]);
  const jwks = { keys: [{ ...(await exportJWK(own.publicKey)), kid: 'one', alg: 'ES256' }] };
  const server = await startHttpServer(({ path }) => {
    if (path === '/.well-known/openid-configuration')
      return { body: { issuer: server.url, jwks_uri: `${server.url}/jwks` } };
    return path === '/jwks' ? { body: jwks } : { status: 404 };
  });
  const signed = async ({ privateKey }: typeof own, audience: string, more: JWTPayload = {}): Promise<string> => {
    const exp = Math.floor(Date.now() / 1_000) + 300;
    const claims = { iss: server.url, sub: 'ada', client_id: 'claude', scope: 'sluice:read', aud: audience, exp };
    return new SignJWT({ ...claims, ...more }).setProtectedHeader({ alg: 'ES256', kid: 'one' }).sign(privateKey);
  };
  return {
    url: server.url,
    token: (audience, more) => signed(own, audience, more),
    forged: (audience, more) => signed(other, audience, more),
    close: () => server.close(),
  };
}

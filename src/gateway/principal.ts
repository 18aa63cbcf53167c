import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isFields } from '../domain/gateway/message.ts';
import { bucketOfHash } from '../domain/gateway/split.ts';
import type { Proven } from './access.ts';

/** Who calls. `known`: the call has credentials, which handles are bound to. */
export interface Principal {
  readonly key: string;
  readonly known: boolean;
  /** Whether no other caller has this key, although it has no credentials. */
  readonly alone?: boolean;
  /** The claims of the bearer token, if it is a JSON Web Token. Unchecked at a gateway that asks for no credential. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/**
 * The principal of a call with a valid credential: its issuer and subject, and what the caller sends for the version.
 * Many callers may share a credential of a machine, and then have API keys of their own.
 */
export function provenPrincipal({ principal, token, forVersion }: Proven, headers: IncomingHttpHeaders): Principal {
  const { issuer, subject } = principal.identity;
  const { authorization, 'x-api-key': apiKey } = headers;
  const own = [forVersion ? authorization : undefined, typeof apiKey === 'string' ? apiKey : undefined];
  const beside = own.some((one) => one !== undefined) ? ` beside ${digest(JSON.stringify(own))}` : '';
  const claims = claimsOf(token);
  return { key: `subject ${JSON.stringify([issuer, subject])}${beside}`, known: true, ...(claims ? { claims } : {}) };
}

/**
 * The principal of a call over HTTP at a gateway that asks for no credential: issuer and subject of a bearer token,
 * else the token, else the API key, else the address. No signature is checked: the version has to refuse false tokens.
 */
export function principalOf(headers: IncomingHttpHeaders, address: string): Principal {
  const bearer = /^bearer\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return bearerOf(bearer);
  if (headers.authorization !== undefined)
    return { key: `authorization ${digest(headers.authorization)}`, known: true };
  const apiKey = headers['x-api-key'];
  if (typeof apiKey === 'string') return { key: `key ${digest(apiKey)}`, known: true };
  return { key: `address ${address} ${headers['user-agent'] ?? ''}`, known: false };
}

/** The bucket of a caller for one green version of one server, the same in every process. */
export function bucketOf(server: string, version: string, principal: string): number {
  return bucketOfHash(
    createHash('sha256')
      .update(JSON.stringify([server, version, principal]))
      .digest(),
  );
}

function bearerOf(token: string): Principal {
  const claims = claimsOf(token);
  const { iss = null, sub } = claims ?? {};
  const key = typeof sub === 'string' ? `subject ${JSON.stringify([iss, sub])}` : `token ${digest(token)}`;
  return { key, known: true, ...(claims ? { claims } : {}) };
}

function claimsOf(token: string): Readonly<Record<string, unknown>> | undefined {
  const [, payload, signature] = token.split('.');
  if (payload === undefined || signature === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return isFields(claims) ? claims : undefined;
  } catch {
    return undefined;
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

import { decodeJwt, decodeProtectedHeader, errors, jwtVerify, type JWTPayload } from 'jose';
import type { Authenticator } from '../../domain/access/authenticator.ts';
import type { Identity, Principal } from '../../domain/access/caller.ts';
import { permissionsIn } from '../../domain/access/oauth-scope.ts';
import { cleanText } from '../../domain/safe-text.ts';
import { keysOf, unreachable } from './issuer.ts';

export interface OAuthOptions {
  /** Exactly as tokens name them. */
  readonly issuers: readonly string[];
  /** A token has to be made for one of these. Not empty. */
  readonly audiences: readonly string[];
  /** Algorithms of signatures. None of them is symmetric. */
  readonly algorithms: readonly string[];
  /** The claim with the groups of a person. */
  readonly groupsClaim: string;
  /** Clients through which people call themselves. Every other client is an agent that acts for its person. */
  readonly personClients?: readonly string[];
}

/** Clocks of two machines differ. */
const TOLERANCE_S = 30;

/** Access tokens of authorization servers (JWT). */
export function createOAuth(options: OAuthOptions): Authenticator {
  const keys = new Map(options.issuers.map((issuer) => [issuer, keysOf(issuer)]));
  return {
    async authenticate(token) {
      const issuer = issuerOf(token, options);
      const keysOfIssuer = issuer === undefined ? undefined : keys.get(issuer);
      if (issuer === undefined || !keysOfIssuer) return undefined;
      const payload = await verified(token, issuer, await keysOfIssuer(), options);
      return payload && principalIn(payload, issuer, options);
    },
  };
}

/** The issuer that an unverified token names, if tokens of it may be valid. Nothing is read from the network. */
function issuerOf(token: string, { algorithms }: OAuthOptions): string | undefined {
  try {
    const { alg } = decodeProtectedHeader(token);
    return alg !== undefined && algorithms.includes(alg) ? decodeJwt(token).iss : undefined;
  } catch {
    return undefined;
  }
}

/** The content of a valid token. Errors: CREDENTIALS_UNAVAILABLE. */
async function verified(
  token: string,
  issuer: string,
  keys: Parameters<typeof jwtVerify>[1],
  { audiences, algorithms }: OAuthOptions,
): Promise<JWTPayload | undefined> {
  try {
    const { payload } = await jwtVerify(token, keys as never, {
      issuer,
      audience: [...audiences],
      algorithms: [...algorithms],
      clockTolerance: TOLERANCE_S,
      requiredClaims: ['exp', 'sub', 'aud'],
    });
    return payload;
  } catch (error) {
    // An unknown key, a wrong signature and a wrong claim are faults of the token. Everything else is one of the way.
    if (error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError) || isAnswerFault(error))
      throw unreachable(issuer, error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

/** The key set answered with something else than keys. */
function isAnswerFault({ code, message }: errors.JOSEError): boolean {
  return code === 'ERR_JOSE_GENERIC' && message.includes('JSON Web Key Set');
}

/** A token of a client that acts for itself has the client as its subject. A machine never approves. */
function principalIn(payload: JWTPayload, issuer: string, options: OAuthOptions): Principal {
  const { groupsClaim, personClients = [] } = options;
  const { sub = '', scope, scp } = payload;
  const client = textIn(payload['client_id']) ?? textIn(payload['azp']);
  const machine = client !== undefined && client === sub;
  const permissions = permissionsIn(typeof scope === 'string' ? scope.split(' ') : listIn(scp)).filter(
    (permission) => !machine || permission !== 'approve',
  );
  const name = ['preferred_username', 'email', 'name'].map((claim) => textIn(payload[claim])).find(Boolean) ?? sub;
  const own = client !== undefined && personClients.includes(client);
  const agent = agentIn(payload, issuer, own ? undefined : client);
  return {
    identity: { kind: machine ? 'machine' : 'person', issuer, subject: sub, name: cleanText(name, 120) },
    ...(!machine && agent && { agent }),
    ...(!machine && !agent && own && { inPerson: true }),
    groups: listIn(payload[groupsClaim]),
    limits: { permissions },
  };
}

/** The program that acts for the person: the claim `act` (RFC 8693), else the client that is not the person's own. */
function agentIn(payload: JWTPayload, issuer: string, client: string | undefined): Identity | undefined {
  const { act } = payload as { act?: { sub?: unknown } };
  const subject = textIn(act?.sub) ?? client;
  return subject === undefined ? undefined : { kind: 'agent', issuer, subject, name: cleanText(subject, 120) };
}

const textIn = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const listIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];

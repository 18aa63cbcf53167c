import {
  bearerAuthChallengeResponse,
  getOAuthProtectedResourceMetadataUrl,
  OAuthError,
  OAuthErrorCode,
} from '@modelcontextprotocol/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Authenticator } from '../../domain/access/authenticator.ts';
import { bearerIn, unauthenticated } from '../../domain/access/bearer.ts';
import type { Principal } from '../../domain/access/caller.ts';
import { scopeOf } from '../../domain/access/oauth-scope.ts';
import type { Permission } from '../../domain/access/permission.ts';
import { sendFailure } from '../answer.ts';
import type { Sessions } from './sessions.ts';

export interface HttpAccess {
  readonly authenticator: Authenticator;
  /** The address at which clients reach the server, without a path. */
  readonly publicUrl?: string;
  /** The authorization servers whose tokens are accepted, for the public address. If absent, none. */
  readonly issuers?: readonly string[];
}

const principals = new WeakMap<object, Principal>();
/** Requests of browsers in which a person has logged in. */
const ofBrowsers = new WeakSet<object>();

/** Whom the credential of the request proves. Undefined on a server without authentication. */
export function principalOf({ raw }: FastifyRequest): Principal | undefined {
  return principals.get(raw);
}

/** Whether a person has logged in, in the browser that sends the request. */
export function isOfPerson({ raw }: FastifyRequest): boolean {
  return ofBrowsers.has(raw);
}

/** Paths that everybody may read: health, and how to get a credential. */
const isOpen = (path: string): boolean =>
  path === '/healthz' || path === '/login' || path === '/favicon.ico' || path.startsWith('/.well-known/');

/** Refuses each request without a valid credential, before its body is read. */
export function requireCredentials(app: FastifyInstance, access: HttpAccess, sessions: Sessions): void {
  app.addHook('onRequest', async (request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    if (isOpen(path)) return;
    const bearer = bearerIn(request.headers.authorization);
    const token = bearer ?? sessions.tokenIn(request.headers.cookie);
    const principal = token === undefined ? undefined : await access.authenticator.authenticate(token);
    if (principal && bearer === undefined) ofBrowsers.add(request.raw);
    if (principal) return void principals.set(request.raw, principal);
    if (wantsPage(request)) return void reply.redirect(`/login?to=${encodeURIComponent(request.url)}`);
    await refuse(reply.header('www-authenticate', challenge(access, path, token)), token);
  });
}

function refuse(reply: FastifyReply, token: string | undefined): FastifyReply {
  return sendFailure(reply.header('cache-control', 'no-store'), unauthenticated(token));
}

/** A browser that opens an address shows the answer to a person. */
function wantsPage({ method, headers }: FastifyRequest): boolean {
  return method === 'GET' && (headers.accept ?? '').includes('text/html');
}

/** The header WWW-Authenticate of a 401, in the words of the MCP SDK. */
function challenge(access: HttpAccess, path: string, token: string | undefined): string {
  const metadata = metadataUrl(access, path);
  if (metadata === undefined)
    return token === undefined ? 'Bearer realm="sluice"' : 'Bearer realm="sluice", error="invalid_token"';
  if (token === undefined) return `Bearer resource_metadata="${metadata}", scope="${scopeOf('read')}"`;
  const error = new OAuthError(OAuthErrorCode.InvalidToken, 'The token is not valid for this server.');
  return words(error, metadata, 'read');
}

/** The header WWW-Authenticate of a 403: the scope with which the same call is permitted. */
export function stepUp(access: HttpAccess, path: string, permission: Permission): string {
  const error = new OAuthError(OAuthErrorCode.InsufficientScope, 'The token lacks a scope.');
  return words(error, metadataUrl(access, path), permission);
}

function words(error: OAuthError, metadata: string | undefined, permission: Permission): string {
  const answer = bearerAuthChallengeResponse(error, {
    requiredScopes: [scopeOf(permission)],
    ...(metadata !== undefined && { resourceMetadataUrl: metadata }),
  });
  return answer.headers.get('www-authenticate') ?? 'Bearer';
}

export const RESOURCES = ['/mcp', '/engine/v1'] as const;

function metadataUrl({ issuers = [], publicUrl }: HttpAccess, path: string): string | undefined {
  if (issuers.length === 0) return undefined;
  const resource = RESOURCES.find((one) => path === one || path.startsWith(`${one}/`)) ?? RESOURCES[0];
  return getOAuthProtectedResourceMetadataUrl(new URL(`${publicUrl}${resource}`));
}

/** The documents of RFC 9728, one at the address of each resource. A client that knows no path gets that of MCP. */
export function mountMetadata(app: FastifyInstance, { issuers = [], publicUrl }: HttpAccess): void {
  if (issuers.length === 0) return;
  const root = '/.well-known/oauth-protected-resource';
  for (const [url, resource] of [
    [root, RESOURCES[0]],
    ...RESOURCES.map((one) => [`${root}${one}`, one] as const),
  ] as const)
    app.get(url, (_request, reply) =>
      reply
        .header('access-control-allow-origin', '*')
        .header('cache-control', 'max-age=3600')
        .send({
          resource: `${publicUrl}${resource}`,
          authorization_servers: issuers,
          // The least with which something works. A call that needs more says so with its 403.
          scopes_supported: [scopeOf('read')],
          bearer_methods_supported: ['header'],
          resource_name: 'Sluice',
        }),
    );
}

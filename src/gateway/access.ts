import type { IncomingHttpHeaders } from 'node:http';
import type { Authenticator } from '../domain/access/authenticator.ts';
import { bearerIn, unauthenticated } from '../domain/access/bearer.ts';
import { callerWith, principalOf, responsibleOf, type Caller, type Principal } from '../domain/access/caller.ts';
import { decide } from '../domain/access/decide.ts';
import { scopeOf } from '../domain/access/oauth-scope.ts';
import type { Permission } from '../domain/access/permission.ts';
import type { AccessRules } from '../domain/access/rules.ts';
import { SluiceError } from '../domain/errors.ts';

/** How callers of a gateway over HTTP prove who they are. */
export interface GatewayAccess {
  readonly authenticator: Authenticator;
  /** The address at which clients reach the gateway, without a path. */
  readonly publicUrl?: string;
  /** The authorization servers whose tokens are accepted. If absent, none. */
  readonly issuers?: readonly string[];
  /** If absent, only the credential limits a caller. */
  readonly rules?: AccessRules | undefined;
}

/** The path of the resource that access tokens are made for. It contains every MCP server of the gateway. */
export const RESOURCE = '/servers';
const METADATA = '/.well-known/oauth-protected-resource';
/** The namespace of MCP servers in rules and keys, as in the ids of their releases. */
const NAMESPACE = 'servers';

/** A caller with a valid credential. */
export interface Proven {
  readonly principal: Principal;
  readonly token: string;
  /** Whether `Authorization` is left for the version, because the credential came in `Proxy-Authorization`. */
  readonly forVersion: boolean;
}

/** Who calls. Errors: UNAUTHENTICATED, CREDENTIALS_UNAVAILABLE. */
export async function proven({ authenticator }: GatewayAccess, headers: IncomingHttpHeaders): Promise<Proven> {
  const { 'proxy-authorization': beside, authorization } = headers;
  const token = bearerIn(beside ?? authorization);
  const principal = token === undefined ? undefined : await authenticator.authenticate(token);
  if (principal && token !== undefined) return { principal, token, forVersion: beside !== undefined };
  throw unauthenticated(token);
}

/** What a request does at a gateway. `server`: undefined for all. */
export interface Wanted {
  readonly permission: Permission;
  readonly server: string | undefined;
  /** A client of MCP with the credential of a person is an agent that acts for this person. */
  readonly via: 'mcp' | 'http';
}

/** Errors: PERMISSION_MISSING, ACCESS_DENIED. */
export function permit({ rules }: GatewayAccess, { principal }: Proven, { permission, server, via }: Wanted): void {
  const caller = callerOf(principal, via);
  const touched = [{ cluster: undefined, namespace: NAMESPACE, name: server }];
  const need = { tool: 'sluice gateway', toolset: 'mcp-server', permission, touched };
  const decision = decide(caller, need, rules);
  if (decision.allowed) return;
  const { why, lacks } = decision;
  const name = principalOf(responsibleOf(caller));
  throw lacks
    ? new SluiceError('PERMISSION_MISSING', `${name} may not do this: ${why}.`, { details: { permission: lacks } })
    : new SluiceError('ACCESS_DENIED', `${name} may not do this at the gateway: ${why}.`);
}

function callerOf(principal: Principal, via: Wanted['via']): Caller {
  return via === 'http'
    ? callerWith(principal, { id: 'http', kind: 'http' })
    : callerWith(principal, { id: 'mcp:client', kind: 'mcp', client: 'client' });
}

/** The header WWW-Authenticate of a refusal, from which a client learns how to get a credential, or a better one. */
export function challenge({ issuers = [], publicUrl }: GatewayAccess, error: SluiceError, sent: boolean): string {
  const lacks = error.details?.['permission'] as Permission | undefined;
  const metadata = issuers.length === 0 ? undefined : `resource_metadata="${publicUrl}${METADATA}${RESOURCE}"`;
  const kind = lacks ? 'error="insufficient_scope"' : sent ? 'error="invalid_token"' : undefined;
  const scope = metadata === undefined ? undefined : `scope="${scopeOf(lacks ?? 'read')}"`;
  const words = [metadata === undefined ? 'realm="sluice"' : undefined, kind, scope, metadata];
  return `Bearer ${words.filter((word) => word !== undefined).join(', ')}`;
}

/** The document of RFC 9728 at this path. Undefined if there is none. */
export function metadataAt({ issuers = [], publicUrl }: GatewayAccess, path: string): object | undefined {
  const below = path === METADATA || path === `${METADATA}${RESOURCE}` || path.startsWith(`${METADATA}${RESOURCE}/`);
  if (issuers.length === 0 || !below) return undefined;
  return {
    resource: `${publicUrl}${RESOURCE}`,
    authorization_servers: issuers,
    scopes_supported: [scopeOf('read')],
    bearer_methods_supported: ['header'],
    resource_name: 'Sluice gateway',
  };
}

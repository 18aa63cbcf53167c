import { randomUUID } from 'node:crypto';
import { subscribedTasks } from '../domain/gateway/answers.ts';
import { textAt, type RpcMessage } from '../domain/gateway/message.ts';
import { isInAudience } from '../domain/servers/audience.ts';
import { versionFor } from '../domain/gateway/split.ts';
import { SluiceError } from '../domain/errors.ts';
import type { RegisteredServer, ServerVersion } from '../domain/servers/server.ts';
import type { Inbound, InboundMessage } from './inbound.ts';
import { bucketOf } from './principal.ts';
import type { Sealed, Sealer } from './seal.ts';
import { versionOf } from './server-table.ts';

/** Where a message goes. */
export interface Route {
  readonly version: ServerVersion;
  /** The version's own session id. Undefined: outside of any session. */
  readonly session: string | undefined;
  /** Random for a new session. It is the caller to the split where there are no credentials. */
  readonly nonce: string | undefined;
  /** Handles in the message, and what the version itself calls them. */
  readonly handles: readonly (readonly [string, string])[];
}

/** The principal that handles are bound to. All callers without credentials are one. */
export function boundTo({ principal }: Pick<Inbound, 'principal'>): string {
  return principal.known ? principal.key : 'anonymous';
}

/**
 * Chooses the version: that of the session, else that of a handle in the message, else the one that the caller asks
 * for, else the one that the split gives. Errors: GATEWAY_VERSION_UNKNOWN, GATEWAY_SESSION_UNKNOWN,
 * GATEWAY_HANDLE_REFUSED, GATEWAY_NO_VERSION.
 */
export function routeOf(inbound: InboundMessage, server: RegisteredServer, sealer: Sealer): Route {
  const { message } = inbound;
  if (inbound.session !== undefined && message.method !== 'initialize') return sessionRoute(inbound, server, sealer);
  const handles = handlesOf(inbound, sealer);
  const [held] = handles;
  if (held) return heldRoute(server, handles, held.sealed);
  const nonce = message.method === 'initialize' ? randomUUID() : undefined;
  return { version: chosen(inbound, server, nonce), session: undefined, nonce, handles: [] };
}

/** The route of a session, for its stream, its end and its messages. */
export function sessionRoute(inbound: Inbound, server: RegisteredServer, sealer: Sealer): Route {
  const sealed = sealer.open(inbound.session ?? '', 'session', server.name, boundTo(inbound));
  if (inbound.wanted !== undefined && inbound.wanted !== sealed.version) {
    requireVersion(server, inbound.wanted);
    throw new SluiceError(
      'GATEWAY_SESSION_UNKNOWN',
      `The session belongs to version ${sealed.version}, and the header asks for ${inbound.wanted}.`,
    );
  }
  const version = versionOf(server, sealed.version);
  if (version) return { version, session: sealed.inner, nonce: undefined, handles: [] };
  throw new SluiceError('GATEWAY_SESSION_UNKNOWN', `Version ${sealed.version} of the session has been removed.`);
}

type Held = readonly [string, string] & { readonly sealed: Sealed };

function heldRoute(server: RegisteredServer, handles: readonly Held[], sealed: Sealed): Route {
  const version = versionOf(server, sealed.version);
  if (version && handles.every(({ sealed: other }) => other.version === sealed.version))
    return { version, session: undefined, nonce: undefined, handles };
  throw new SluiceError(
    'GATEWAY_HANDLE_REFUSED',
    version
      ? 'The handles in the message belong to different versions.'
      : `Version ${sealed.version} has been removed.`,
    { next: version ? 'Send a request for each task.' : 'Repeat the call from its beginning.' },
  );
}

/** Handles are made only for callers without a session: in a session, the session says which version it is. */
function handlesOf({ message, server, ...inbound }: InboundMessage, sealer: Sealer): readonly Held[] {
  if (!message.modern) return [];
  return sentHandles(message).map(([kind, handle]) => {
    const sealed = sealer.open(handle, kind, server, boundTo(inbound));
    return Object.assign([handle, sealed.inner] as const, { sealed });
  });
}

function sentHandles({ method, params }: RpcMessage): readonly (readonly ['state' | 'task', string])[] {
  const state = textAt(params, 'requestState');
  const task = method?.startsWith('tasks/') ? textAt(params, 'taskId') : undefined;
  const followed = method === 'subscriptions/listen' ? subscribedTasks(params) : [];
  return [
    ...(state === undefined ? [] : [['state', state] as const]),
    ...(task === undefined ? [] : [['task', task] as const]),
    ...followed.map((one) => ['task', one] as const),
  ];
}

function chosen(
  { principal, wanted, headers }: Inbound,
  server: RegisteredServer,
  nonce: string | undefined,
): ServerVersion {
  if (wanted !== undefined) return requireVersion(server, wanted);
  const key = principal.known || principal.alone ? principal.key : (nonce ?? principal.key);
  const name = versionFor(server.versions, {
    bucketOf: (version) => bucketOf(server.name, version, key),
    isIn: (audience) => isInAudience(audience, { headers, claims: principal.claims ?? {} }),
  });
  const version = name === undefined ? undefined : versionOf(server, name);
  if (version) return version;
  throw new SluiceError('GATEWAY_NO_VERSION', `No version of the MCP server ${server.name} has traffic.`);
}

/** Throws GATEWAY_VERSION_UNKNOWN. */
export function requireVersion(server: RegisteredServer, wanted: string): ServerVersion {
  const found = versionOf(server, wanted);
  if (found) return found;
  const known = server.versions.map(({ version }) => version);
  throw new SluiceError(
    'GATEWAY_VERSION_UNKNOWN',
    `The MCP server ${server.name} has no version ${wanted}. Known: ${known.join(', ') || 'none'}.`,
    { details: { known } },
  );
}

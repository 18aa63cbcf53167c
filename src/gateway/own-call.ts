import { textAt } from '../domain/gateway/message.ts';
import { ask, JSON_HEADERS, LEGACY, SELF, tell, type Fields } from './own-request.ts';
import type { Upstream } from './upstream.ts';

type Request = (method: string, params: Fields, signal?: AbortSignal) => Promise<Fields>;

/** A session of the gateway itself with a version, without any capability of a client. */
export interface OwnSession {
  readonly id: string;
  readonly request: Request;
  end(): Promise<void>;
}

/** Throws SluiceError if the version does not open it. */
export async function openOwnSession(
  upstream: Upstream,
  headers: Readonly<Record<string, string>>,
): Promise<OwnSession> {
  const common = { ...headers, ...JSON_HEADERS };
  const opening = { protocolVersion: LEGACY, capabilities: {}, clientInfo: SELF };
  let id = '';
  const opened = (session: string): void => void (id = session);
  const result = await ask(upstream, 'initialize', opening, { headers: common, opened });
  const mine = { ...common, 'mcp-protocol-version': textAt(result, 'protocolVersion') ?? LEGACY };
  const end = (): Promise<void> => upstream.endSession(id, mine);
  try {
    await tell(upstream, 'notifications/initialized', { headers: mine, session: id });
  } catch (error) {
    await end();
    throw error;
  }
  const request: Request = (method, params, ended) =>
    ask(upstream, method, params, { headers: mine, session: id, ...(ended ? { signal: ended } : {}) });
  return { id, request, end };
}

/** Opens a session of the gateway itself, and ends it afterwards. */
export async function inOwnSession<T>(
  upstream: Upstream,
  headers: Readonly<Record<string, string>>,
  use: (request: Request, session: string) => Promise<T>,
): Promise<T> {
  const session = await openOwnSession(upstream, headers);
  try {
    return await use(session.request, session.id);
  } finally {
    await session.end();
  }
}

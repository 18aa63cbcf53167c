import { SluiceError } from '../domain/errors.ts';
import { isFields, textAt } from '../domain/gateway/message.ts';
import { ask, ENVELOPE, JSON_HEADERS, LEGACY, modernHeaders, SELF, tell, type Fields } from './own-request.ts';
import type { Upstream } from './upstream.ts';

/** No version lists more pages of tools than this. */
const MOST_PAGES = 100;

/** All tools that a version lists. The value is whether the tool only reads, as its annotation says. */
export type ListedTools = ReadonlyMap<string, boolean>;

/** The tools of a version, asked for by the gateway itself. Throws SluiceError. */
export async function listedTools(upstream: Upstream, headers: Readonly<Record<string, string>>): Promise<ListedTools> {
  try {
    const sending = { headers: modernHeaders('tools/list', headers) };
    return await pages((params) => ask(upstream, 'tools/list', { ...params, _meta: ENVELOPE }, sending));
  } catch {
    return inOwnSession(upstream, headers, (request) => pages((params) => request('tools/list', params)));
  }
}

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

async function pages(list: (params: Fields) => Promise<Fields>): Promise<ListedTools> {
  const tools = new Map<string, boolean>();
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const result = await list(cursor === undefined ? {} : { cursor });
    for (const tool of Array.isArray(result['tools']) ? result['tools'] : [])
      if (isFields(tool) && typeof tool['name'] === 'string') tools.set(tool['name'], readsOnly(tool));
    cursor = textAt(result, 'nextCursor');
    if (cursor === undefined) return tools;
  }
  throw new SluiceError('UPSTREAM_INVALID', `The version lists more than ${MOST_PAGES} pages of tools.`);
}

function readsOnly({ annotations }: Fields): boolean {
  return isFields(annotations) && annotations['readOnlyHint'] === true;
}

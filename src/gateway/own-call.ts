import { SluiceError } from '../domain/errors.ts';
import { isFields, readMessage, textAt } from '../domain/gateway/message.ts';
import { parseOrNothing } from './json.ts';
import type { Answer, Upstream } from './upstream.ts';

type Fields = Readonly<Record<string, unknown>>;

const MODERN = '2026-07-28';
const LEGACY = '2025-06-18';
const SELF = { name: 'sluice-gateway', version: '1' };
const ENVELOPE = {
  'io.modelcontextprotocol/protocolVersion': MODERN,
  'io.modelcontextprotocol/clientInfo': SELF,
  'io.modelcontextprotocol/clientCapabilities': {},
};
/** No version lists more pages of tools than this. */
const MOST_PAGES = 100;

/** The names of all tools of a version, asked for by the gateway itself. Throws SluiceError. */
export async function listedTools(upstream: Upstream, headers: Readonly<Record<string, string>>): Promise<Set<string>> {
  try {
    return await pages((params) => ask(upstream, 'tools/list', { ...params, _meta: ENVELOPE }, modernHeaders(headers)));
  } catch {
    return inOwnSession(upstream, headers, (request) => pages((params) => request('tools/list', params)));
  }
}

type Request = (method: string, params: Fields) => Promise<Fields>;

/** Opens a session of the gateway itself, without any capability of a client, and ends it afterwards. */
export async function inOwnSession<T>(
  upstream: Upstream,
  headers: Readonly<Record<string, string>>,
  use: (request: Request, session: string) => Promise<T>,
): Promise<T> {
  const common = { ...headers, ...JSON_HEADERS };
  const opening = { protocolVersion: LEGACY, capabilities: {}, clientInfo: SELF };
  let session = '';
  const result = await ask(upstream, 'initialize', opening, common, (opened) => (session = opened));
  const mine = { ...common, 'mcp-protocol-version': textAt(result, 'protocolVersion') ?? LEGACY };
  try {
    await tell(upstream, 'notifications/initialized', mine, session);
    return await use((method, params) => ask(upstream, method, params, mine, undefined, session), session);
  } finally {
    await upstream.endSession(session, mine);
  }
}

const JSON_HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

function modernHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return { ...headers, ...JSON_HEADERS, 'mcp-protocol-version': MODERN, 'mcp-method': 'tools/list' };
}

async function pages(list: (params: Fields) => Promise<Fields>): Promise<Set<string>> {
  const names = new Set<string>();
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const result = await list(cursor === undefined ? {} : { cursor });
    for (const tool of Array.isArray(result['tools']) ? result['tools'] : [])
      if (isFields(tool) && typeof tool['name'] === 'string') names.add(tool['name']);
    cursor = textAt(result, 'nextCursor');
    if (cursor === undefined) return names;
  }
  throw new SluiceError('UPSTREAM_INVALID', `The version lists more than ${MOST_PAGES} pages of tools.`);
}

/** The result of a request. Throws SluiceError for every other answer. */
function ask(
  upstream: Upstream,
  method: string,
  params: Fields,
  headers: Readonly<Record<string, string>>,
  opened: (session: string) => void = () => undefined,
  session?: string,
): Promise<Fields> {
  return new Promise((resolve, reject) => {
    const refused = (why: string): void =>
      reject(new SluiceError('UPSTREAM_INVALID', `The version refuses ${method}: ${why}`));
    const answer: Answer = {
      accepted: (id = '') => opened(id),
      message: (text) => {
        const { result, error } = (parseOrNothing(text) ?? {}) as { result?: unknown; error?: { message?: string } };
        if (isFields(result)) resolve(result);
        else if (error) refused(error.message ?? 'no reason');
        return true;
      },
      end: () => refused('it has ended its answer.'),
      refuse: (status) => refused(`status ${status}.`),
      fail: reject,
      whenReady: (resume) => resume(),
    };
    send(upstream, { jsonrpc: '2.0', id: 'sluice', method, params }, headers, answer, session);
  });
}

function tell(upstream: Upstream, method: string, headers: Readonly<Record<string, string>>, session: string) {
  return new Promise<void>((resolve, reject) => {
    const done = (): void => resolve();
    const none = (): boolean => true;
    const answer = { accepted() {}, message: none, end: done, refuse: done, fail: reject, whenReady() {} };
    send(upstream, { jsonrpc: '2.0', method }, headers, answer, session);
  });
}

function send(
  upstream: Upstream,
  body: Fields,
  headers: Readonly<Record<string, string>>,
  answer: Answer,
  session?: string,
): void {
  const message = readMessage(body);
  if (!message) throw new Error('not a message');
  upstream.send(
    { text: JSON.stringify(body), message, headers, session, signal: new AbortController().signal },
    answer,
  );
}

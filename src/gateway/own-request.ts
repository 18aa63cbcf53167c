import { randomUUID } from 'node:crypto';
import { SluiceError } from '../domain/errors.ts';
import { isFields, readMessage } from '../domain/gateway/message.ts';
import { parseOrNothing } from './json.ts';
import { OWN, type Answer, type Upstream } from './upstream.ts';

export type Fields = Readonly<Record<string, unknown>>;

export const MODERN = '2026-07-28';
export const LEGACY = '2025-06-18';
export const SELF = { name: 'sluice-gateway', version: '1' };
export const ENVELOPE = {
  'io.modelcontextprotocol/protocolVersion': MODERN,
  'io.modelcontextprotocol/clientInfo': SELF,
  'io.modelcontextprotocol/clientCapabilities': {},
};
export const JSON_HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

export function modernHeaders(method: string, headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { ...headers, ...JSON_HEADERS, 'mcp-protocol-version': MODERN, 'mcp-method': method };
}

interface RpcError {
  readonly code?: number;
  readonly message?: string;
}

/** How a request of the gateway itself is sent. */
export interface Sending {
  readonly headers: Readonly<Record<string, string>>;
  /** The version's own session id. */
  readonly session?: string;
  /** Called with the id of the session that the request has opened. */
  readonly opened?: (session: string) => void;
  /** Ends the request, which then throws UPSTREAM_TIMEOUT. */
  readonly signal?: AbortSignal;
}

/**
 * The result of a request. Throws SluiceError for every other answer; `details.refused` is then the status over HTTP,
 * or 0 for a JSON-RPC error, whose code is in `details.rpc`.
 */
export function ask(upstream: Upstream, method: string, params: Fields, sending: Sending): Promise<Fields> {
  return new Promise((resolve, reject) => {
    const refused = (why: string, details: Fields): void =>
      reject(new SluiceError('UPSTREAM_INVALID', `The version refuses ${method}: ${why}`, { details }));
    const answer: Answer = {
      accepted: (id = '') => sending.opened?.(id),
      message: (text) => {
        const { result, error } = (parseOrNothing(text) ?? {}) as { result?: unknown; error?: RpcError };
        if (isFields(result)) resolve(result);
        else if (error) refused(error.message ?? 'no reason', { refused: 0, rpc: error.code });
        return true;
      },
      end: () => reject(new SluiceError('UPSTREAM_INVALID', `The version has ended its answer to ${method} early.`)),
      refuse: (status) => refused(`status ${status}.`, { refused: status }),
      fail: reject,
      whenReady: (resume) => resume(),
    };
    const late = (): void =>
      reject(new SluiceError('UPSTREAM_TIMEOUT', `The version has not answered ${method} in time.`));
    if (sending.signal?.aborted) late();
    else sending.signal?.addEventListener('abort', late, { once: true });
    // In a session of a caller, no id of its own is the same.
    const id = `sluice-${randomUUID()}`;
    send(upstream, { jsonrpc: '2.0', id, method, params }, answer, sending);
  });
}

export function tell(upstream: Upstream, method: string, sending: Sending): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (): void => resolve();
    const none = (): boolean => true;
    const answer = { accepted() {}, message: none, end: done, refuse: done, fail: reject, whenReady() {} };
    send(upstream, { jsonrpc: '2.0', method }, answer, sending);
  });
}

function send(upstream: Upstream, body: Fields, answer: Answer, { headers, session, signal }: Sending): void {
  const message = readMessage(body);
  if (!message) throw new Error('not a message');
  const text = JSON.stringify(body);
  const asked = { text, message, headers, session, caller: OWN, signal: signal ?? new AbortController().signal };
  upstream.send(asked, answer);
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { ERRORS, SluiceError } from '../domain/errors.ts';
import { readMessage } from '../domain/gateway/message.ts';
import { failureMessage } from './failure.ts';
import type { Gateway } from './gateway.ts';
import { HttpAnswer } from './http-answer.ts';
import { inboundOf, withClient, type Addressed } from './http-inbound.ts';
import { bodyOf } from './http-pages.ts';
import type { Inbound } from './inbound.ts';
import { parseOrNothing } from './json.ts';

/** One request of a client of MCP over Streamable HTTP. Errors before an answer has begun are thrown. */
export async function serveMcp(
  gateway: Gateway,
  addressed: Addressed,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => response.writableFinished || gone.abort());
  // The caller may have gone while its credential was checked.
  if (response.destroyed) gone.abort();
  const inbound = inboundOf(addressed, request, gone.signal);
  if (request.method === 'POST') return post(gateway, inbound, request, response);
  if (request.method === 'GET' && inbound.session !== undefined)
    return gateway.listen(inbound, new HttpAnswer(response, { stream: true }));
  if (request.method === 'DELETE' && inbound.session !== undefined) {
    await gateway.endSession(inbound);
    return void response.writeHead(200).end();
  }
  response.setHeader('allow', 'POST');
  throw new SluiceError('METHOD_NOT_ALLOWED', `${request.method ?? ''} needs a session here.`);
}

async function post(
  gateway: Gateway,
  inbound: Inbound,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const text = await bodyOf(request);
  const message = readMessage(parseOrNothing(text));
  if (!message) throw new SluiceError('GATEWAY_MESSAGE_INVALID', 'The body is not a JSON-RPC message.');
  const answer = new HttpAnswer(response, { id: message.kind === 'request' ? message.id : undefined });
  const principal = withClient(inbound.principal, message.params);
  try {
    gateway.send({ ...inbound, principal, text, message }, answer);
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    answer.fail(error);
  }
}

/** Answers with an error of the catalogue. After the beginning of an answer it only ends it. */
export function refuse(response: ServerResponse, error: SluiceError): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(ERRORS[error.code].http, { 'content-type': 'application/json' }).end(failureMessage(error, null));
}

import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { StringDecoder } from 'node:string_decoder';
import { SluiceError } from '../domain/errors.ts';
import { EventReader } from './event-stream.ts';
import type { HttpEndpoint } from './http-upstream.ts';
import type { OpenWire, Wire, WireEvents } from './wire.ts';

/** Connections of the SSE transport of revision 2024-11-05: one stream to here, and a POST for each message. */
export function sseWires(endpoint: HttpEndpoint, messageBytes: number): OpenWire {
  return (events) => new SseWire(endpoint, messageBytes, events);
}

class SseWire implements Wire {
  readonly #endpoint: HttpEndpoint;
  readonly #events: WireEvents;
  readonly #stream: ClientRequest;
  #response: IncomingMessage | undefined;
  /** Where messages are sent to. The server names it in its first event. */
  #target: URL | undefined;
  #waiting: string[] = [];
  #over = false;

  constructor(endpoint: HttpEndpoint, messageBytes: number, events: WireEvents) {
    this.#endpoint = endpoint;
    this.#events = events;
    const url = new URL(endpoint.url);
    const headers = { accept: 'text/event-stream', ...endpoint.headers };
    this.#stream = open(url)(url, { headers, agent: false });
    this.#stream.on('error', (error) => this.#end(error.message));
    this.#stream.once('response', (response) => this.#read(response, messageBytes));
    this.#stream.end();
  }

  send(text: string): void {
    if (this.#target === undefined) this.#waiting.push(text);
    else this.#post(this.#target, text);
  }

  pause(): void {
    this.#response?.pause();
  }

  resume(): void {
    this.#response?.resume();
  }

  close(): Promise<void> {
    this.#stream.destroy();
    this.#end('it has been closed');
    return Promise.resolve();
  }

  #read(response: IncomingMessage, messageBytes: number): void {
    this.#response = response;
    if (response.statusCode !== 200) {
      this.#stream.destroy();
      return this.#end(`it answers with status ${response.statusCode ?? 0}`);
    }
    const reader = new EventReader(messageBytes);
    const text = new StringDecoder('utf8');
    response.on('data', (chunk: Buffer) => {
      try {
        for (const { name, data } of reader.take(text.write(chunk))) this.#take(name, data);
      } catch {
        this.#stream.destroy();
        this.#end(`it has sent a message of more than ${messageBytes} bytes`);
      }
    });
    response.once('close', () => this.#end('it has closed its stream'));
  }

  #take(name: string, data: string): void {
    if (name !== 'endpoint') return this.#events.message(data);
    const target = new URL(data, this.#endpoint.url);
    // The headers may contain credentials, which are meant for this server only.
    if (target.origin !== new URL(this.#endpoint.url).origin) return this.#end('it names an address on another server');
    this.#target = target;
    for (const text of this.#waiting.splice(0)) this.#post(target, text);
  }

  #post(target: URL, text: string): void {
    const headers = {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(text)),
      ...this.#endpoint.headers,
    };
    const outgoing = open(target)(target, { method: 'POST', headers, agent: false });
    outgoing.on('error', (error) => this.#end(error.message));
    outgoing.once('response', (response) => {
      response.resume();
      if ((response.statusCode ?? 500) >= 300)
        this.#end(`it refuses a message with status ${response.statusCode ?? 0}`);
    });
    outgoing.end(text);
  }

  #end(why: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#stream.destroy();
    this.#events.closed(new SluiceError('UPSTREAM_UNREACHABLE', `The connection to the version has ended: ${why}.`));
  }
}

function open(url: URL): typeof httpRequest {
  return url.protocol === 'https:' ? httpsRequest : httpRequest;
}

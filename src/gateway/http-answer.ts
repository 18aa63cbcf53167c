import type { ServerResponse } from 'node:http';
import { SluiceError } from '../domain/errors.ts';
import type { RpcId } from '../domain/gateway/message.ts';
import { EVENT_STREAM, frameOf } from './event-stream.ts';
import { failureMessage, statusOf } from './failure.ts';
import type { Answer } from './upstream.ts';

/** Bytes that may wait for a caller that does not read them. */
const MOST_WAITING = 64 * 1024 * 1024;

/** Writes an answer as one JSON document, or as an event stream as soon as it has several messages. */
export class HttpAnswer implements Answer {
  readonly #response: ServerResponse;
  readonly #id: RpcId | undefined;
  readonly #stream: boolean;
  #session: string | undefined;
  /** The first message. It waits for the end, which would make it the only one. */
  #first: string | undefined;
  #resumable = false;

  /** `id`: that of the request. `stream`: an event stream from the beginning. */
  constructor(response: ServerResponse, { id, stream = false }: { id?: RpcId | undefined; stream?: boolean }) {
    this.#response = response;
    this.#id = id;
    this.#stream = stream;
  }

  accepted(session?: string): void {
    this.#session = session;
    if (this.#stream) this.#head();
  }

  message(text: string, frame?: string): boolean {
    if (frame === undefined && this.#first === undefined && !this.#response.headersSent) {
      this.#first = text;
      queueMicrotask(() => this.#flush());
      return true;
    }
    this.#flush();
    if (frame?.includes('id:')) this.#resumable = true;
    return this.#write(frame ?? frameOf(text));
  }

  end(): void {
    if (this.#first !== undefined) return this.#whole(200, this.#first);
    if (this.#response.headersSent) return void this.#response.end();
    if (this.#id === undefined || this.#resumable)
      return void this.#response.writeHead(202, this.#sessionHeader()).end();
    this.fail(new SluiceError('UPSTREAM_INVALID', 'The version has ended its answer without a result.'));
  }

  refuse(status: number, headers: Readonly<Record<string, string>>, body: string): void {
    this.#response.writeHead(status, headers).end(body);
  }

  fail(error: SluiceError): void {
    this.#flush();
    this.#session = undefined;
    const text = failureMessage(error, this.#id ?? null);
    if (!this.#response.headersSent) return this.#whole(statusOf(error, this.#id !== undefined), text);
    if (this.#id !== undefined) this.#write(frameOf(text));
    this.#response.end();
  }

  whenReady(resume: () => void): void {
    // Nobody reads any more, so nothing is waited for.
    if (this.#response.destroyed || this.#response.writableEnded) return resume();
    const once = (): void => {
      this.#response.off('drain', once).off('close', once);
      resume();
    };
    this.#response.on('drain', once).on('close', once);
  }

  #whole(status: number, text: string): void {
    this.#first = undefined;
    const length = Buffer.byteLength(text);
    const headers = { 'content-type': 'application/json', 'content-length': length, ...this.#sessionHeader() };
    this.#response.writeHead(status, headers).end(text);
  }

  #flush(): void {
    const first = this.#first;
    this.#first = undefined;
    if (first !== undefined) this.#write(frameOf(first));
  }

  #write(frame: string): boolean {
    this.#head();
    if (this.#response.writableLength > MOST_WAITING) this.#response.destroy();
    return this.#response.write(frame);
  }

  #head(): void {
    if (this.#response.headersSent) return;
    this.#response.writeHead(200, { ...EVENT_STREAM, ...this.#sessionHeader() });
    this.#response.flushHeaders();
  }

  #sessionHeader(): Record<string, string> {
    return this.#session === undefined ? {} : { 'mcp-session-id': this.#session };
  }
}

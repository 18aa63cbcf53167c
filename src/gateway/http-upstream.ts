import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { StringDecoder } from 'node:string_decoder';
import { SluiceError } from '../domain/errors.ts';
import { EventReader } from './event-stream.ts';
import { patience, type Answer, type Ask, type Limits, type Listen, type Upstream } from './upstream.ts';

export interface HttpEndpoint {
  readonly url: string;
  /** Headers of every request. They replace those of the caller. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Servers close unused connections after 5 s or more. A shorter time here keeps a call from meeting a closed one. */
const UNUSED_MS = 2_000;

/** A version behind Streamable HTTP. Nothing is ever sent twice. */
export class HttpUpstream implements Upstream {
  readonly processes = 0;
  readonly #url: URL;
  readonly #endpoint: HttpEndpoint;
  readonly #limits: Limits;
  readonly #agent: HttpAgent;

  constructor(endpoint: HttpEndpoint, limits: Limits) {
    this.#endpoint = endpoint;
    this.#limits = limits;
    this.#url = new URL(endpoint.url);
    const options = { keepAlive: true, timeout: UNUSED_MS, maxSockets: Infinity };
    this.#agent = this.#url.protocol === 'https:' ? new HttpsAgent(options) : new HttpAgent(options);
  }

  send(ask: Ask, answer: Answer): void {
    const wait = ask.message.kind === 'request' ? patience(ask.message.method, this.#limits) : this.#limits.handshakeMs;
    this.#exchange('POST', ask, answer, wait, ask.text);
  }

  listen(ask: Listen, answer: Answer): void {
    this.#exchange('GET', ask, answer, undefined);
  }

  async endSession(session: string, headers: Readonly<Record<string, string>>): Promise<void> {
    if (session === '') return;
    await new Promise<void>((resolve) => {
      const end = (): void => resolve();
      const done = { accepted() {}, message: () => true, end, refuse: end, fail: end, whenReady() {} };
      const ask = { headers, session, signal: AbortSignal.timeout(this.#limits.handshakeMs) };
      this.#exchange('DELETE', ask, done, this.#limits.handshakeMs);
      ask.signal.addEventListener('abort', end, { once: true });
    });
  }

  close(): Promise<void> {
    this.#agent.destroy();
    return Promise.resolve();
  }

  #exchange(method: string, ask: Listen, answer: Answer, wait: number | undefined, body?: string): void {
    const outgoing = (this.#url.protocol === 'https:' ? httpsRequest : httpRequest)(this.#url, {
      method,
      agent: this.#agent,
      headers: this.#headers(ask, body),
    });
    const exchange = new Exchange(answer, wait, this.#limits, (error) => outgoing.destroy(error));
    const leave = (): void => exchange.abandon();
    ask.signal.addEventListener('abort', leave, { once: true });
    outgoing.on('error', (error) => exchange.broken(error));
    outgoing.once('response', (response) => exchange.read(response));
    outgoing.once('close', () => ask.signal.removeEventListener('abort', leave));
    if (ask.signal.aborted) leave();
    else outgoing.end(body);
  }

  #headers({ headers, session }: Listen, body: string | undefined): Record<string, string> {
    return {
      ...headers,
      ...(session ? { 'mcp-session-id': session } : {}),
      ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
      ...this.#endpoint.headers,
    };
  }
}

/**
 * Whether an event renews the time limit of its request. A notification that is no progress does not, so a version that
 * writes them without end still has to answer.
 */
function renews(data: string): boolean {
  return !/"method"\s*:\s*"notifications\/(?!progress")/.test(data);
}

/** One request and its answer. */
class Exchange {
  #over = false;
  #timer: NodeJS.Timeout | undefined;
  readonly #answer: Answer;
  readonly #wait: number | undefined;
  readonly #limits: Limits;
  readonly #destroy: (error?: Error) => void;

  constructor(answer: Answer, wait: number | undefined, limits: Limits, destroy: (error?: Error) => void) {
    this.#answer = answer;
    this.#wait = wait;
    this.#limits = limits;
    this.#destroy = destroy;
    this.#heard();
  }

  /** The caller has gone, so nobody waits for the answer. */
  abandon(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#destroy();
  }

  broken(error: Error): void {
    this.#fail(new SluiceError('UPSTREAM_UNREACHABLE', `The version cannot be reached: ${error.message}.`));
  }

  read(response: IncomingMessage): void {
    this.#heard();
    response.on('error', (error) => this.broken(error));
    response.once('aborted', () => this.broken(new Error('it closed the connection during the answer')));
    const status = response.statusCode ?? 0;
    const type = response.headers['content-type'] ?? '';
    if (status < 200 || status > 299) return this.#whole(response, (body) => this.#refused(response, body));
    const session = response.headers['mcp-session-id'];
    this.#answer.accepted(typeof session === 'string' ? session : undefined);
    if (type.startsWith('text/event-stream')) this.#events(response);
    else if (type.startsWith('application/json')) this.#whole(response, (body) => this.#json(body));
    else this.#whole(response, (body) => this.#other(body, type));
  }

  #json(body: string): void {
    if (body !== '') this.#answer.message(body);
    this.#end();
  }

  #other(body: string, type: string): void {
    if (body.trim() === '') return this.#end();
    this.#fail(new SluiceError('UPSTREAM_INVALID', `The version answers with content of type ${type || 'unknown'}.`));
  }

  #refused({ statusCode = 502, headers }: IncomingMessage, body: string): void {
    if (this.#over) return;
    this.#finish();
    const kept = ['content-type', 'www-authenticate', 'allow', 'retry-after', 'mcp-protocol-version'];
    const passed = kept.flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]] as const] : []));
    this.#answer.refuse(statusCode, Object.fromEntries(passed), body);
  }

  #events(response: IncomingMessage): void {
    const reader = new EventReader(this.#limits.messageBytes);
    const text = new StringDecoder('utf8');
    response.on('data', (chunk: Buffer) => {
      if (this.#over) return;
      try {
        const events = reader.take(text.write(chunk));
        if (events.length === 0 || events.some(({ data }) => renews(data))) this.#heard();
        const ready = events.map(({ data, frame }) => this.#answer.message(data, frame)).every(Boolean);
        if (ready) return;
        response.pause();
        this.#answer.whenReady(() => response.resume());
      } catch (error) {
        this.#fail(error instanceof RangeError ? this.#tooLarge() : error);
      }
    });
    response.once('end', () => this.#end());
  }

  #whole(response: IncomingMessage, then: (body: string) => void): void {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on('data', (chunk: Buffer) => {
      if (this.#over) return;
      size += chunk.length;
      if (size > this.#limits.messageBytes) return this.#fail(this.#tooLarge());
      chunks.push(chunk);
    });
    response.once('end', () => this.#over || then(Buffer.concat(chunks).toString('utf8')));
  }

  #tooLarge(): SluiceError {
    const { messageBytes } = this.#limits;
    return new SluiceError('UPSTREAM_TOO_LARGE', `The answer of the version has more than ${messageBytes} bytes.`);
  }

  #heard(): void {
    clearTimeout(this.#timer);
    if (this.#wait === undefined) return;
    const wait = this.#wait;
    this.#timer = setTimeout(() => {
      this.#fail(new SluiceError('UPSTREAM_TIMEOUT', `The version has not answered for ${wait / 1000} s.`));
    }, wait);
  }

  #end(): void {
    if (this.#over) return;
    this.#finish();
    this.#answer.end();
  }

  #fail(error: unknown): void {
    if (this.#over) return;
    this.#finish();
    this.#destroy();
    this.#answer.fail(
      error instanceof SluiceError
        ? error
        : new SluiceError('UPSTREAM_INVALID', `The answer cannot be passed on: ${String(error)}.`),
    );
  }

  #finish(): void {
    this.#over = true;
    clearTimeout(this.#timer);
  }
}

import { Agent, request as httpsRequest } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';

export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    resourceVersion?: string;
    generation?: number;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    creationTimestamp?: string;
    deletionTimestamp?: string;
  };
}

export class ApiError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface Call {
  body?: unknown;
  contentType?: string;
}

export type WatchEvent<T> = { type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'; object: T };

/**
 * The parts of the Kubernetes API that the sandbox needs, without the second that loading a client library takes at
 * each start.
 */
export class ApiClient {
  private readonly url: string;
  private readonly token: string;
  private readonly ca: string;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 64 });

  constructor(url: string, token: string, ca: string) {
    this.url = url;
    this.token = token;
    this.ca = ca;
  }

  private open(method: string, path: string, call: Call): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const body =
      call.body === undefined ? undefined : typeof call.body === 'string' ? call.body : JSON.stringify(call.body);
    const headers: Record<string, string> = { authorization: `Bearer ${this.token}`, accept: 'application/json' };
    if (body !== undefined) {
      headers['content-type'] = call.contentType ?? 'application/json';
      // Node omits the length for DELETE. The server would then read the body as the next request on the connection.
      headers['content-length'] = String(Buffer.byteLength(body));
    }
    const outgoing = httpsRequest(`${this.url}${path}`, { method, headers, ca: this.ca, agent: this.agent });
    outgoing.once('error', reject);
    outgoing.once('response', resolve);
    outgoing.setTimeout(60_000, () => outgoing.destroy(new Error(`no answer to ${method} ${path} for 60 s`)));
    outgoing.end(body);
    return promise;
  }

  private async text(answer: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString('utf8');
  }

  async send<T = KubeObject>(method: string, path: string, call: Call = {}): Promise<T> {
    const answer = await this.open(method, path, call);
    const text = await this.text(answer);
    const status = answer.statusCode ?? 0;
    if (status >= 300) {
      const message = text.startsWith('{') ? (JSON.parse(text) as { message?: string }).message : text;
      throw new ApiError(status, `${method} ${path}: ${status} ${message ?? ''}`.trim());
    }
    return (text.startsWith('{') ? JSON.parse(text) : text) as T;
  }

  get<T = KubeObject>(path: string): Promise<T> {
    return this.send<T>('GET', path);
  }

  async find<T = KubeObject>(path: string): Promise<T | undefined> {
    try {
      return await this.get<T>(path);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Server-side apply; the path names the object. */
  apply(path: string, object: unknown): Promise<KubeObject> {
    return this.send('PATCH', `${path}?fieldManager=sluice-sandbox&force=true`, {
      body: object,
      contentType: 'application/apply-patch+yaml',
    });
  }

  patch(path: string, body: unknown): Promise<KubeObject> {
    return this.send('PATCH', path, { body, contentType: 'application/merge-patch+json' });
  }

  /** Succeeds also when the object did not exist. */
  async remove(path: string, body?: unknown): Promise<void> {
    try {
      await this.send('DELETE', path, body === undefined ? {} : { body });
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) throw error;
    }
  }

  /** One watch connection. Resolves when the server ends it. */
  async watch<T>(path: string, onEvent: (event: WatchEvent<T>) => void): Promise<void> {
    const answer = await this.open('GET', path, {});
    if ((answer.statusCode ?? 0) >= 300) throw new ApiError(answer.statusCode ?? 0, await this.text(answer));
    answer.socket.setTimeout(0);
    for await (const line of createInterface({ input: answer })) onEvent(JSON.parse(line) as WatchEvent<T>);
  }
}

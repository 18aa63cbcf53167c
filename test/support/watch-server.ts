import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface StoredRollout {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation: number;
  };
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status: Readonly<Record<string, unknown>>;
}

interface Stream {
  readonly namespace: string | undefined;
  readonly response: ServerResponse;
}

const ROOT = '/apis/argoproj.io/v1alpha1';

/**
 * An API server over HTTP that holds Rollouts. It supports lists, merge patches, deletes, and watches with all their
 * failures.
 */
export class WatchServer {
  /** "list shop", "watch * from 3", "patch shop/app", in order. */
  readonly log: string[] = [];
  /** While true, changes are not sent to the streams until `release` is called. */
  held = false;
  /** Status of the next watches. With 200 they stream. */
  watchStatus = 200;
  /** Status of the next lists. */
  listStatus = 200;
  /** Status of reads by namespace. Other namespaces answer 404. */
  namespaces: Record<string, number> = { shop: 200, other: 200 };
  /** While true, writes are carried out, but the connection ends without an answer. */
  loseAnswers = false;
  readonly #objects = new Map<string, StoredRollout>();
  readonly #streams = new Set<Stream>();
  readonly #history: { version: number; namespace: string; line: string }[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #server = createServer((request, response) => this.#answer(request, response));
  #version = 0;

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get version(): string {
    return String(this.#version);
  }

  get streams(): number {
    return this.#streams.size;
  }

  /** Creates or changes an object. */
  put(namespace: string, name: string, image: string): void {
    const key = `${namespace}/${name}`;
    const before = this.#objects.get(key);
    const metadata = {
      name,
      namespace,
      uid: before?.metadata.uid ?? `uid-${key}`,
      resourceVersion: String((this.#version += 1)),
      generation: (before?.metadata.generation ?? 0) + 1,
    };
    const spec = { template: { spec: { containers: [{ name: 'app', image }] } }, strategy: { canary: {} } };
    const object = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata, spec, status: {} };
    this.#objects.set(key, object);
    this.#happened(before ? 'MODIFIED' : 'ADDED', object);
  }

  remove(namespace: string, name: string): void {
    const object = this.#objects.get(`${namespace}/${name}`);
    this.#objects.delete(`${namespace}/${name}`);
    if (object)
      this.#happened('DELETED', {
        ...object,
        metadata: { ...object.metadata, resourceVersion: String((this.#version += 1)) },
      });
  }

  /** Simulates writes to other objects: the version increases without an event. */
  otherWrites(count: number): void {
    this.#version += count;
  }

  bookmark(): void {
    this.send(
      `${JSON.stringify({ type: 'BOOKMARK', object: { kind: 'Rollout', metadata: { resourceVersion: this.version } } })}\n`,
    );
  }

  /** Sends raw bytes to every stream. */
  send(bytes: string | Buffer): void {
    for (const { response } of this.#streams) response.write(bytes);
  }

  endStreams(): void {
    for (const { response } of this.#streams) response.end();
  }

  breakStreams(): void {
    for (const { response } of this.#streams) response.destroy();
  }

  /** Sends the changes that were held. */
  release(): void {
    this.held = false;
    for (const tell of this.#waiting.splice(0)) tell();
  }

  #happened(type: string, object: StoredRollout): void {
    const entry = {
      version: this.#version,
      namespace: object.metadata.namespace,
      line: `${JSON.stringify({ type, object })}\n`,
    };
    this.#history.push(entry);
    const tell = (): void => {
      for (const { namespace, response } of this.#streams)
        if (namespace === undefined || namespace === entry.namespace) response.write(entry.line);
    };
    if (this.held) this.#waiting.push(tell);
    else tell();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', 'http://fake');
    const asked = /^\/api\/v1\/namespaces\/([^/]+)$/.exec(url.pathname)?.[1];
    if (asked !== undefined) return this.#namespace(asked, response);
    const [, namespace, name] =
      /^(?:\/namespaces\/([^/]+))?\/rollouts(?:\/([^/]+))?$/.exec(url.pathname.slice(ROOT.length)) ?? [];
    if (request.method === 'GET' && url.searchParams.has('watch')) return this.#watch(url, namespace, response);
    if (request.method === 'GET') return this.#list(namespace, response);
    const chunks: Buffer[] = [];
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => this.#write(request, response, namespace ?? '', name ?? '', Buffer.concat(chunks).toString()));
  }

  #namespace(name: string, response: ServerResponse): void {
    this.log.push(`namespace ${name}`);
    const status = this.namespaces[name] ?? 404;
    response
      .writeHead(status)
      .end(
        JSON.stringify(
          status === 200
            ? { kind: 'Namespace', metadata: { name } }
            : { kind: 'Status', message: `status ${status}`, details: { name, kind: 'namespaces' } },
        ),
      );
  }

  #list(namespace: string | undefined, response: ServerResponse): void {
    this.log.push(`list ${namespace ?? '*'}`);
    const sorted = [...this.#objects].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
    const items = sorted.filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace);
    const body =
      this.listStatus === 200
        ? { metadata: { resourceVersion: this.version }, items }
        : { kind: 'Status', message: `status ${this.listStatus}` };
    response.writeHead(this.listStatus).end(JSON.stringify(body));
  }

  #watch(url: URL, namespace: string | undefined, response: ServerResponse): void {
    const from = Number(url.searchParams.get('resourceVersion'));
    this.log.push(
      `watch ${namespace ?? '*'} from ${from}${url.searchParams.get('allowWatchBookmarks') === 'true' ? '' : ' without bookmarks'}`,
    );
    if (this.watchStatus !== 200)
      return void response
        .writeHead(this.watchStatus)
        .end(JSON.stringify({ kind: 'Status', message: 'too old resource version' }));
    const stream: Stream = { namespace, response };
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    const missed = this.#history.filter(
      (entry) => entry.version > from && (namespace === undefined || entry.namespace === namespace),
    );
    for (const { line } of missed) response.write(line);
    this.#streams.add(stream);
    response.on('close', () => this.#streams.delete(stream));
  }

  #write(request: IncomingMessage, response: ServerResponse, namespace: string, name: string, body: string): void {
    this.log.push(`${request.method?.toLowerCase()} ${namespace}/${name}`);
    if (request.method === 'DELETE') this.remove(namespace, name);
    else this.put(namespace, name, (JSON.parse(body) as { spec: { image: string } }).spec.image);
    if (this.loseAnswers) response.destroy();
    else
      response
        .writeHead(200)
        .end(
          JSON.stringify(
            request.method === 'DELETE'
              ? { kind: 'Status', status: 'Success' }
              : this.#objects.get(`${namespace}/${name}`),
          ),
        );
  }
}

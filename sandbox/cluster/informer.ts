import type { ApiClient, KubeObject } from './api-client.ts';

export interface Handlers<T> {
  onSet(object: T): void;
  onGone(object: T): void;
}

const key = (object: KubeObject): string => `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
const RETRY_MS = 300;

/**
 * Keeps a list of objects up to date: it lists, then watches, and repeats this whenever the watch ends. While the API
 * server is unreachable it keeps the last list, as a real kubelet or proxy does.
 */
export class Informer<T extends KubeObject> {
  readonly objects = new Map<string, T>();
  private readonly api: ApiClient;
  private readonly path: string;
  private readonly query: string;
  private readonly handlers: Handlers<T>;

  constructor(api: ApiClient, path: string, query: string, handlers: Handlers<T>) {
    this.api = api;
    this.path = path;
    this.query = query;
    this.handlers = handlers;
  }

  async run(): Promise<never> {
    for (;;) {
      try {
        const version = await this.list();
        await this.api.watch<T>(
          `${this.path}?watch=true&resourceVersion=${version}&timeoutSeconds=600${this.query}`,
          (event) => this.take(event.type, event.object),
        );
      } catch (error) {
        console.error(`${this.path}: ${error instanceof Error ? error.message : String(error)}; listing again`);
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  private async list(): Promise<string> {
    const list = await this.api.get<{ metadata: { resourceVersion: string }; items: T[] }>(
      `${this.path}?${this.query.slice(1)}`,
    );
    const found = new Set(list.items.map(key));
    for (const [name, object] of this.objects) if (!found.has(name)) this.take('DELETED', object);
    for (const object of list.items) this.take('MODIFIED', object);
    return list.metadata.resourceVersion;
  }

  private take(type: string, object: T): void {
    if (type === 'ERROR') throw new Error(`watch ended: ${JSON.stringify(object)}`);
    if (type === 'DELETED') {
      this.objects.delete(key(object));
      this.handlers.onGone(object);
    } else if (type !== 'BOOKMARK') {
      this.objects.set(key(object), object);
      this.handlers.onSet(object);
    }
  }
}

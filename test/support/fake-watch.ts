import type { WatchFrom } from '../../src/adapters/kubernetes/cluster-client.ts';
import type { Kind } from '../../src/adapters/kubernetes/kinds.ts';
import type { WatchEvent } from '../../src/adapters/kubernetes/watch-stream.ts';

interface Change extends WatchEvent {
  readonly plural: string;
  readonly namespace: string;
  readonly version: number;
}

/** The changes of objects in a fake API server, for watches. */
export class FakeChanges {
  readonly #changes: Change[] = [];
  #next = Promise.withResolvers<void>();

  record(
    kind: Kind,
    type: WatchEvent['type'],
    object: { metadata: { namespace: string; resourceVersion: string } },
  ): void {
    this.#changes.push({
      plural: kind.plural,
      type,
      object: structuredClone(object),
      namespace: object.metadata.namespace,
      version: Number(object.metadata.resourceVersion),
    });
    this.#next.resolve();
    this.#next = Promise.withResolvers<void>();
  }

  async *since(kind: Kind, { namespace, resourceVersion, signal }: WatchFrom): AsyncGenerator<WatchEvent> {
    const aborted = new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true }),
    );
    aborted.catch(() => undefined);
    for (let index = 0; ; index += 1) {
      while (index >= this.#changes.length) await Promise.race([this.#next.promise, aborted]);
      const change = this.#changes[index];
      if (
        change?.plural !== kind.plural ||
        change.version <= Number(resourceVersion) ||
        (namespace !== undefined && change.namespace !== namespace)
      )
        continue;
      yield { type: change.type, object: structuredClone(change.object) };
    }
  }
}

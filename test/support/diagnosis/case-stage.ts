import type { ClusterClient } from '../../../src/adapters/kubernetes/cluster-client.ts';
import type { ObjectRef } from '../../../src/adapters/kubernetes/kinds.ts';
import { metaOf, recordsAt, type ApiObject } from '../../../src/domain/cluster-objects/api-object.ts';
import { eventually } from '../releases-wait.ts';
import { apiVersionOf, kindNamed } from './kinds.ts';
import { stamp, type FakeKubelet } from './kubelet.ts';

export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/** The namespace of one case. */
export class CaseStage {
  readonly namespace: string;
  readonly kubelet: FakeKubelet;
  /** The address of the Git repository with the folders of the Flux cases. */
  readonly gitUrl: string;
  readonly #client: ClusterClient;
  #events = 0;

  constructor(client: ClusterClient, namespace: string, kubelet: FakeKubelet, gitUrl: string) {
    this.#client = client;
    this.namespace = namespace;
    this.kubelet = kubelet;
    this.gitUrl = gitUrl;
  }

  ref(kind: string, name: string): ObjectRef {
    const scoped = ['Namespace', 'Node', 'StorageClass'].includes(kind) || kind.startsWith('Validating');
    return { kind: kindNamed(kind), name, ...(scoped ? {} : { namespace: this.namespace }) };
  }

  /** Applies manifests. A `status` is written as a controller writes it. */
  async apply(...manifests: readonly Manifest[]): Promise<void> {
    for (const { status, ...manifest } of manifests) {
      const ref = this.ref(manifest.kind, manifest.metadata.name);
      const { manager = 'test', ...metadata } = manifest.metadata as { manager?: string };
      const namespace = ref.namespace === undefined ? {} : { namespace: ref.namespace };
      await this.#client.apply(
        ref,
        { apiVersion: apiVersionOf(ref.kind), ...manifest, metadata: { ...metadata, ...namespace } },
        { fieldManager: manager, force: true },
      );
      if (status !== undefined) await this.status(manifest.kind, manifest.metadata.name, status);
    }
  }

  async status(kind: string, name: string, status: unknown): Promise<void> {
    await this.#client.mergePatch(this.ref(kind, name), { status }, { subresource: 'status' });
  }

  async patch(kind: string, name: string, body: object): Promise<void> {
    await this.#client.mergePatch(this.ref(kind, name), body);
  }

  async get(kind: string, name: string): Promise<ApiObject> {
    return (await this.#client.get(this.ref(kind, name))) as ApiObject;
  }

  async remove(kind: string, name: string): Promise<void> {
    const { uid = '' } = metaOf(await this.get(kind, name));
    await this.#client.remove(this.ref(kind, name), { uid });
  }

  async list(kind: string, label?: string): Promise<readonly ApiObject[]> {
    const items = (await this.#client.list(kindNamed(kind), this.namespace, label)) as readonly ApiObject[];
    return items.map((item) => ({ kind, ...item }));
  }

  /** Waits for the pods of an application, and writes their status as a kubelet does. */
  async pods(app: string, count: number, status: object): Promise<readonly ApiObject[]> {
    const pods = await eventually(`${this.namespace} has ${count} pods of ${app}`, async () => {
      const found = await this.list('Pod', `app=${app}`);
      return found.length === count ? found : undefined;
    });
    for (const pod of pods) await this.status('Pod', metaOf(pod).name, status);
    return pods;
  }

  /** Waits until an object is as wanted. */
  until(kind: string, name: string, wanted: (object: ApiObject) => boolean): Promise<ApiObject> {
    let last: unknown;
    return eventually(
      `${kind} ${this.namespace}/${name} is as wanted`,
      async () => {
        const object = await this.get(kind, name);
        last = object['status'];
        return wanted(object) ? object : undefined;
      },
      { timeoutMs: 60_000, everyMs: 150, now: () => last },
    );
  }

  /** Waits until an object has a condition. */
  condition(kind: string, name: string, type: string, status: string, reason?: string): Promise<ApiObject> {
    return this.until(kind, name, (object) =>
      recordsAt(object, 'status', 'conditions').some(
        (one) => one['type'] === type && one['status'] === status && (reason ?? one['reason']) === one['reason'],
      ),
    );
  }

  /** Waits until the pods or a controller have an event. */
  untilEvent(reason: string): Promise<unknown> {
    return eventually(`an event ${reason} in ${this.namespace}`, async () =>
      (await this.list('Event')).find((event) => event['reason'] === reason),
    );
  }

  async event(about: ApiObject, reason: string, message: string, type = 'Warning'): Promise<void> {
    const { name, uid } = metaOf(about);
    const now = stamp();
    this.#events += 1;
    await this.apply({
      kind: 'Event',
      metadata: { name: `${name}.${this.#events}` },
      involvedObject: { kind: about['kind'], namespace: this.namespace, name, uid },
      reason,
      message,
      type,
      source: { component: 'test' },
      firstTimestamp: now,
      lastTimestamp: now,
      count: 3,
    });
  }

  /** Removes what would keep the namespace, and deletes it. Nothing waits for its end. */
  async close(kinds: readonly string[]): Promise<void> {
    for (const kind of kinds)
      for (const object of await this.list(kind).catch(() => []))
        if ((metaOf(object).finalizers ?? []).length > 0)
          await this.patch(kind, metaOf(object).name, { metadata: { finalizers: null } }).catch(() => undefined);
    await this.remove('Namespace', this.namespace).catch(() => undefined);
  }
}

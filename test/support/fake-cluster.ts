import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { SluiceError } from '../../src/domain/errors.ts';
import type { ErrorCode } from '../../src/domain/errors.ts';
import type {
  Access,
  ClusterClient,
  PatchOperation,
  PatchOptions,
  PatchResult,
  PlainRead,
  ReviewedUser,
  Snapshot,
  WatchFrom,
} from '../../src/adapters/kubernetes/cluster-client.ts';
import { describe, POD } from '../../src/adapters/kubernetes/kinds.ts';
import type { Kind, ObjectRef } from '../../src/adapters/kubernetes/kinds.ts';
import type { Opened } from '../../src/adapters/kubernetes/channels.ts';
import { fakeChannels, type FakeEnd, type FakeRun } from './fake-channels.ts';
import type { ApiResponse, ApiStream } from '../../src/adapters/kubernetes/transport.ts';
import type { WatchEvent } from '../../src/adapters/kubernetes/watch-stream.ts';
import { NOTHING, WriteLog } from '../../src/adapters/kubernetes/write-log.ts';
import { answerRead } from './fake-api.ts';
import { FakeChanges } from './fake-watch.ts';
import { applyJsonPatch, applyMergePatch } from './json-patch.ts';

type ServiceRequest = Parameters<ClusterClient['serviceRequest']>[1];

export interface StoredObject {
  metadata: {
    name: string;
    namespace: string;
    uid: string;
    resourceVersion: string;
    generation: number;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: { uid: string }[];
  };
  spec: Record<string, unknown>;
  status: Record<string, unknown>;
}

interface Fault {
  left: number;
  readonly code: ErrorCode;
  /** The request is carried out, and its answer is lost. */
  readonly afterwards: boolean;
}

/**
 * An API server in memory, with the features that the adapters need: guarded patches, resource versions, generations,
 * subresources.
 */
export class FakeCluster implements ClusterClient {
  readonly cluster: string;
  readonly written = new WriteLog();
  /** Answers GETs to pods. The fake Traefik sets it. */
  servePod: (pod: string, path: string) => ApiResponse = () => ({ status: 404, headers: {}, body: '' });
  /** Answers requests to Services. */
  serveService: (service: string, request: ServiceRequest) => ApiResponse = () => ({
    ...{ status: 503, headers: { 'content-type': 'application/json' } },
    body: JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', message: 'no endpoints available' }),
  });
  /** Logs by "pod/container". */
  readonly logs = new Map<string, string>();
  readonly #objects = new Map<string, StoredObject>();
  readonly #listeners: ((ref: ObjectRef) => void)[] = [];
  readonly #changes = new FakeChanges();
  #fault: Fault | undefined;
  #version = 100;

  constructor(cluster: string) {
    this.cluster = cluster;
  }

  /** Makes the next `count` requests fail. With `afterwards`, writes are still carried out. */
  fail(count: number, code: ErrorCode = 'CLUSTER_UNREACHABLE', afterwards = false): void {
    this.#fault = { left: count, code, afterwards };
  }

  onChange(listener: (ref: ObjectRef) => void): void {
    this.#listeners.push(listener);
  }

  create(
    ref: ObjectRef,
    content: {
      spec?: object;
      status?: object;
      labels?: Record<string, string>;
      annotations?: Record<string, string>;
      owner?: string;
    },
  ): void {
    this.#objects.set(keyOf(ref), {
      metadata: {
        name: ref.name,
        namespace: ref.namespace ?? '',
        uid: `uid-${this.#version}`,
        resourceVersion: String((this.#version += 1)),
        generation: 1,
        ...(content.labels && { labels: content.labels }),
        ...(content.annotations && { annotations: content.annotations }),
        ...(content.owner !== undefined && { ownerReferences: [{ uid: content.owner }] }),
      },
      spec: { ...content.spec },
      status: { ...content.status },
    });
    this.#changes.record(ref.kind, 'ADDED', this.#stored(ref));
  }

  delete(ref: ObjectRef): void {
    const object = this.#objects.get(keyOf(ref));
    this.#objects.delete(keyOf(ref));
    if (object)
      this.#changes.record(ref.kind, 'DELETED', {
        ...object,
        metadata: { ...object.metadata, resourceVersion: String((this.#version += 1)) },
      });
  }

  /** A copy of the current object. */
  peek(ref: ObjectRef): StoredObject {
    return structuredClone(this.#stored(ref));
  }

  /** Copies of the objects of a kind. */
  listed(plural: string, namespace?: string): readonly StoredObject[] {
    return this.#items({ plural }, namespace);
  }

  /** A write by a controller or another actor. Without a change there is no new version. */
  update(ref: ObjectRef, mutate: (object: StoredObject) => void): void {
    const object = this.peek(ref);
    mutate(object);
    this.#commit(ref, object);
  }

  async get(ref: ObjectRef): Promise<unknown> {
    return this.#request(() => (ref.kind.plural === 'namespaces' ? this.#namespace(ref) : this.peek(ref)));
  }

  async list(kind: Kind, namespace?: string, labelSelector?: string): Promise<readonly unknown[]> {
    return this.#request(() => this.#items(kind, namespace, labelSelector));
  }

  async snapshot(kind: Kind, namespace?: string): Promise<Snapshot> {
    return this.#request(() => ({ items: this.#items(kind, namespace), resourceVersion: String(this.#version) }));
  }

  async watch(kind: Kind, from: WatchFrom): Promise<AsyncIterable<WatchEvent>> {
    return this.#request(() => this.#changes.since(kind, from));
  }

  async jsonPatch(
    ref: ObjectRef,
    operations: readonly PatchOperation[],
    options: PatchOptions = {},
  ): Promise<PatchResult> {
    const patch = (): PatchResult => {
      const patched = this.peek(ref);
      const why = applyJsonPatch(patched, operations);
      if (why) return { applied: false, why };
      const scoped = this.#scoped(ref, patched, options);
      return { applied: true, object: options.dryRun ? scoped : this.#commit(ref, scoped) };
    };
    return this.written.around(
      ref,
      () => this.#request(patch),
      (result) => (result.applied && !options.dryRun ? result.object : NOTHING),
      options.dryRun ? 'tried' : 'written',
    );
  }

  async mergePatch(ref: ObjectRef, body: object, options: PatchOptions = {}): Promise<unknown> {
    const patch = (): unknown => {
      const patched = this.peek(ref);
      applyMergePatch(patched as unknown as Record<string, unknown>, body as Record<string, unknown>);
      if (patched.metadata.resourceVersion !== this.#stored(ref).metadata.resourceVersion)
        throw new SluiceError('CONFLICT', 'the object has been modified');
      const scoped = this.#scoped(ref, patched, options);
      return options.dryRun ? scoped : this.#commit(ref, scoped);
    };
    return this.written.around(
      ref,
      () => this.#request(patch),
      (object) => (options.dryRun ? NOTHING : object),
      options.dryRun ? 'tried' : 'written',
    );
  }

  /** Merges the manifest into the existing object. Field managers are not stored. */
  async apply(
    ref: ObjectRef,
    manifest: object,
    { dryRun = false }: { readonly dryRun?: boolean } = {},
  ): Promise<unknown> {
    const put = (): unknown => {
      const present = this.#objects.get(keyOf(ref));
      if (!present) this.#requireNamespace(ref);
      const { metadata, ...rest } = manifest as { metadata?: { resourceVersion?: string } };
      const guard = metadata?.resourceVersion;
      if (present && guard !== undefined && guard !== present.metadata.resourceVersion)
        throw new SluiceError('CONFLICT', 'the object has been modified');
      const { resourceVersion: _, ...wanted } = metadata ?? {};
      if (!present && !dryRun) this.create(ref, {});
      const applied = present || !dryRun ? this.peek(ref) : ({ metadata: {} } as StoredObject);
      applyMergePatch(applied as unknown as Record<string, unknown>, { ...rest, metadata: wanted });
      if (dryRun) return applied;
      return this.#commit(ref, this.#scoped(ref, applied, {}));
    };
    return this.written.around(
      ref,
      () => this.#request(put),
      (object) => (dryRun ? NOTHING : object),
      dryRun ? 'tried' : 'written',
    );
  }

  async remove(
    ref: ObjectRef,
    read: { readonly uid: string },
    { dryRun = false }: { readonly dryRun?: boolean } = {},
  ): Promise<void> {
    const remove = (): void => {
      if (this.#stored(ref).metadata.uid !== read.uid)
        throw new SluiceError('CONFLICT', 'another object of this name exists');
      if (!dryRun) this.delete(ref);
    };
    if (dryRun) return this.#request(remove);
    return this.written.aroundDeletion(ref, read.uid, () => this.#request(remove));
  }

  /** Pods whose eviction a budget forbids. */
  readonly budgeted = new Set<string>();

  async evict(
    pod: { readonly namespace: string; readonly name: string },
    read: { readonly uid: string },
    { dryRun = false }: { readonly dryRun?: boolean } = {},
  ): Promise<void> {
    if (!dryRun && this.budgeted.has(pod.name))
      throw new SluiceError('NOT_APPLICABLE', `Pod ${pod.name} was not evicted: it would violate a budget`);
    return this.remove({ ...pod, kind: POD }, read, { dryRun });
  }

  /** The one right that the account lacks, as in "update secrets". */
  forbidden: string | undefined;

  async allowed({ verb, resource }: Pick<Access, 'verb' | 'resource'>): Promise<boolean> {
    return this.#request(() => `${verb} ${resource}` !== this.forbidden);
  }

  /** Users by their tokens. */
  readonly users = new Map<string, ReviewedUser>();

  async reviewToken(token: string): Promise<ReviewedUser | undefined> {
    return this.#request(() => this.users.get(token));
  }

  async request(_: string, { path, accept }: PlainRead): Promise<ApiResponse> {
    const store = {
      items: (kind: Pick<Kind, 'plural'>, namespace?: string, labels?: string) => this.#items(kind, namespace, labels),
      log: (pod: string, container: string) => this.logs.get(`${pod}/${container}`),
    };
    return this.#request(() => answerRead(store, path, accept));
  }

  /** The rest of a log that is followed, by `pod/container`. If absent, the log ends after what `logs` has. */
  readonly followed = new Map<string, AsyncIterable<Uint8Array>>();

  async stream(what: string, read: PlainRead, signal: AbortSignal): Promise<ApiStream> {
    const { body, ...head } = await this.request(what, read);
    const { pathname, searchParams } = new URL(read.path, 'http://fake');
    const key = `${pathname.split('/').at(-2) ?? ''}/${searchParams.get('container') ?? ''}`;
    return { ...head, chunks: streamed(body, this.followed.get(key), signal) };
  }

  /** What a command in a container does. */
  runs: (call: FakeRun) => FakeEnd | Promise<FakeEnd> = () => ({ code: 0 });

  async channels(_: string, path: string, { signal }: { readonly signal: AbortSignal }): Promise<Opened> {
    const url = new URL(path, 'http://fake');
    return this.#request(() => ({ channels: fakeChannels((call) => this.runs(call), url, signal) }));
  }

  async podGet(pod: { namespace: string; name: string }, path: string): Promise<ApiResponse> {
    return this.#request(() => this.servePod(pod.name, path));
  }

  async serviceRequest(at: { service: string }, request: ServiceRequest): Promise<ApiStream> {
    const { body, ...head } = await this.#request(() => this.serveService(at.service, request));
    return { ...head, chunks: Readable.from([Buffer.from(body)]) };
  }

  #items(kind: Pick<Kind, 'plural'>, namespace?: string, labelSelector?: string): StoredObject[] {
    const wanted = (labelSelector ?? '')
      .split(',')
      .filter(Boolean)
      .map((one) => ({ label: one.split(/!?=/)[0] ?? '', value: one.split('=')[1], not: one.includes('!=') }));
    return [...this.#objects]
      .filter(([key]) => key.startsWith(`${kind.plural}/${namespace ? `${namespace}/` : ''}`))
      .map(([, object]) => structuredClone(object))
      .filter(({ metadata }) => wanted.every(({ label, value, not }) => (metadata.labels?.[label] === value) !== not));
  }

  /** A status patch changes only the status. Any other patch changes everything except the status. */
  #scoped(ref: ObjectRef, patched: StoredObject, options: PatchOptions): StoredObject {
    const present = this.peek(ref);
    return options.subresource === 'status'
      ? { ...present, status: patched.status }
      : { ...patched, status: present.status };
  }

  #commit(ref: ObjectRef, object: StoredObject): StoredObject {
    const before = this.#stored(ref);
    if (JSON.stringify(before) === JSON.stringify(object)) return object;
    const specChanged = JSON.stringify(before.spec) !== JSON.stringify(object.spec);
    object.metadata.generation = before.metadata.generation + (specChanged ? 1 : 0);
    object.metadata.resourceVersion = String((this.#version += 1));
    this.#objects.set(keyOf(ref), structuredClone(object));
    this.#changes.record(ref.kind, 'MODIFIED', object);
    for (const listener of this.#listeners) listener(ref);
    return structuredClone(object);
  }

  #stored(ref: ObjectRef): StoredObject {
    const object = this.#objects.get(keyOf(ref));
    if (object) return object;
    this.#requireNamespace(ref);
    throw new SluiceError(ref.kind.missing, `Cluster "${this.cluster}" has no ${describe(ref)}.`);
  }

  #namespace(ref: ObjectRef): unknown {
    if (!this.#objects.has(keyOf(ref))) this.#requireNamespace({ ...ref, namespace: ref.name });
    return this.#objects.get(keyOf(ref)) ?? { metadata: { name: ref.name } };
  }

  /** A namespace exists when it contains an object. */
  #requireNamespace(ref: ObjectRef): void {
    const known = [...this.#objects.values()].some(({ metadata }) => metadata.namespace === ref.namespace);
    if (!known)
      throw new SluiceError(
        'NAMESPACE_NOT_FOUND',
        `Cluster "${this.cluster}" has no namespace "${ref.namespace ?? ''}".`,
      );
  }

  async #request<Answer>(answer: () => Answer): Promise<Answer> {
    await turn();
    const fault = this.#fault?.left ? this.#fault : undefined;
    if (fault) fault.left -= 1;
    if (fault && !fault.afterwards) throw new SluiceError(fault.code, 'fault set by the test');
    const result = answer();
    if (fault) throw new SluiceError(fault.code, 'fault set by the test, after the fact');
    return result;
  }
}

async function* streamed(
  begin: string,
  rest: AsyncIterable<Uint8Array> | undefined,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  yield Buffer.from(begin);
  if (rest) yield* untilAborted(rest, signal);
}

/** As the body of a request, which ends with an error when its signal is aborted. */
async function* untilAborted<T>(items: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const aborted = new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
  );
  aborted.catch(() => undefined);
  const iterator = items[Symbol.asyncIterator]();
  for (;;) {
    signal.throwIfAborted();
    const next = await Promise.race([iterator.next(), aborted]);
    if (next.done) return;
    yield next.value;
  }
}

function keyOf(ref: ObjectRef): string {
  return `${ref.kind.plural}/${ref.namespace ?? ''}/${ref.name}`;
}

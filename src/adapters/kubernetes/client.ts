import { SluiceError } from '../../domain/errors.ts';
import { failureOf, refuseApply, serverStatus, unreachable } from './failure.ts';
import { apiPath, describe, NAMESPACE } from './kinds.ts';
import type { Kind, ObjectRef } from './kinds.ts';
import type { ApiRequest, ApiResponse, Transport } from './transport.ts';
import { watchEvents, WatchEnded, type WatchEvent } from './watch-stream.ts';
import { NOTHING, type WriteLog } from './write-log.ts';

/** One operation of a JSON patch (RFC 6902). A failed `test` changes nothing. */
export type PatchOperation =
  | { readonly op: 'test' | 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

/** Answer to a guarded patch. `applied: false`: a test failed or the result was not valid (422); nothing changed. */
export type PatchResult = { readonly applied: true; readonly object: unknown } | { readonly applied: false; readonly why: string };

export interface PatchOptions {
  readonly subresource?: 'status' | 'scale';
  /** Who is named as the writer in managedFields; absent: the API server takes it from the user agent. */
  readonly fieldManager?: string;
  /** Checked and answered as if written, but not stored. */
  readonly dryRun?: boolean;
}

/**
 * One cluster. Objects come back as parsed JSON for the caller's schema to read.
 * Errors: the kind's own "not found", NAMESPACE_NOT_FOUND, CRD_MISSING, FORBIDDEN, CONFLICT, and CLUSTER_UNREACHABLE
 * (network, timeout, 429, 5xx). After CLUSTER_UNREACHABLE a write may or may not have happened: read before repeating it.
 */
export interface ClusterClient {
  readonly cluster: string;
  /** The writes of this process; shared by all contexts that lead to the same API server. */
  readonly written: WriteLog;
  get(ref: ObjectRef): Promise<unknown>;
  /** All items, page by page. `namespace` absent: of the whole cluster. `fieldSelector`: of the fields that the kind supports. */
  list(kind: Kind, namespace?: string, labelSelector?: string, fieldSelector?: string): Promise<readonly unknown[]>;
  /** As `list`, with the version of the collection at that moment: a watch goes on from there. */
  snapshot(kind: Kind, namespace?: string): Promise<Snapshot>;
  /**
   * What changes after `resourceVersion`, bookmarks included; ends when the server ends it, which it does after `seconds`.
   * Errors besides: WatchEnded, from the call when the version is too old, and while reading.
   */
  watch(kind: Kind, from: WatchFrom): Promise<AsyncIterable<WatchEvent>>;
  jsonPatch(ref: ObjectRef, operations: readonly PatchOperation[], options?: PatchOptions): Promise<PatchResult>;
  /** A `metadata.resourceVersion` in the body makes it fail with CONFLICT when the object has moved on. */
  mergePatch(ref: ObjectRef, body: object, options?: PatchOptions): Promise<unknown>;
  /**
   * Server-side apply; creates what is not there. A `metadata.resourceVersion` in the manifest guards it: CONFLICT when the object has moved on.
   * `force` takes fields over from other managers. Errors besides: FIELD_CONFLICT (details.managers), MANIFEST_REFUSED.
   */
  apply(ref: ObjectRef, manifest: object, manager: { fieldManager: string; force?: boolean; dryRun?: boolean }): Promise<unknown>;
  /** Deletes exactly the object that was read. Errors besides: CONFLICT when it is another one by now. */
  remove(ref: ObjectRef, read: { readonly uid: string; readonly resourceVersion?: string }): Promise<void>;
  /** Whether the account in use has a right, as the API server sees it. */
  allowed(access: Access): Promise<boolean>;
  /** GET through the API server to a port of a pod; the pod's own status is in the answer. */
  podGet(pod: { namespace: string; name: string; port: number }, path: string, timeoutMs?: number): Promise<ApiResponse>;
}

/** A right, in the words of RBAC. */
export interface Access {
  /** Empty for the core API. */
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly verb: string;
  /** Absent: in every namespace. */
  readonly namespace?: string;
}

export interface Snapshot {
  readonly items: readonly unknown[];
  readonly resourceVersion: string;
}

export interface WatchFrom {
  readonly namespace?: string;
  readonly resourceVersion: string;
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/** Clusters by kubeconfig context. */
export interface Clusters {
  contexts(): string[];
  /** Empty when there is no kubeconfig. */
  currentContext(): string;
  /** Errors: CLUSTER_UNKNOWN, with the known contexts and the nearest in `details`. */
  client(cluster: string): ClusterClient;
}

const PAGE = 500;

export function createClient(cluster: string, transport: Transport, { timeoutMs, written }: { readonly timeoutMs: number; readonly written: WriteLog }): ClusterClient {
  const send = sender(cluster, transport, timeoutMs);
  const patch = (ref: ObjectRef, contentType: string, body: unknown, options: PatchOptions = {}) =>
    send(`patch ${describe(ref)}`, { method: 'PATCH', path: patchPath(ref, options), contentType, body });
  const ok = async (response: ApiResponse, ref: ObjectRef, what: string) => {
    if (response.status < 300) return JSON.parse(response.body) as unknown;
    if (response.status === 404) throw await missing(response, ref, cluster, (other) => send('look for the namespace', { method: 'GET', path: refPath(other) }));
    throw failureOf(response, cluster, `${what} ${describe(ref)}`);
  };
  return {
    cluster,
    written,
    get: async (ref) => ok(await send(`read ${describe(ref)}`, { method: 'GET', path: refPath(ref) }), ref, 'read'),
    list: async (kind, namespace, labelSelector, fieldSelector) => (await listPages(cluster, send, kind, namespace, { labelSelector, fieldSelector })).items,
    snapshot: (kind, namespace) => listPages(cluster, send, kind, namespace),
    watch: (kind, from) => openWatch(cluster, transport, timeoutMs, kind, from),
    jsonPatch: (ref, operations, options) =>
      written.around<PatchResult>(ref, async () => {
        const response = await patch(ref, 'application/json-patch+json', operations, options);
        if (response.status === 422) return { applied: false, why: serverStatus(response).message };
        return { applied: true, object: await ok(response, ref, 'patch') };
      }, (result) => (result.applied && !options?.dryRun ? result.object : NOTHING), options?.dryRun ? 'tried' : 'written'),
    mergePatch: (ref, body, options) => written.around(ref, async () => ok(await patch(ref, 'application/merge-patch+json', body, options), ref, 'patch'), (object) => (options?.dryRun ? NOTHING : object), options?.dryRun ? 'tried' : 'written'),
    apply: (ref, manifest, manager) => written.around(ref, async () => {
      const query = new URLSearchParams({ fieldManager: manager.fieldManager, ...(manager.force && { force: 'true' }), ...(manager.dryRun && { dryRun: 'All' }) });
      const path = `${refPath(ref)}?${query.toString()}`;
      const response = await send(`apply ${describe(ref)}`, { method: 'PATCH', path, contentType: 'application/apply-patch+yaml', body: manifest });
      refuseApply(response, ref);
      return ok(response, ref, 'apply');
    }, (object) => (manager.dryRun ? NOTHING : object), manager.dryRun ? 'tried' : 'written'),
    remove: (ref, preconditions) =>
      written.aroundDeletion(ref, preconditions.uid, async () => {
        const body = { kind: 'DeleteOptions', apiVersion: 'v1', preconditions, propagationPolicy: 'Background' };
        await ok(await send(`delete ${describe(ref)}`, { method: 'DELETE', path: refPath(ref), contentType: 'application/json', body }), ref, 'delete');
      }),
    allowed: (access) => reviewAccess(cluster, send, access),
    podGet: ({ namespace, name, port }, path, limitMs) =>
      send(`reach port ${port} of pod ${namespace}/${name}`, {
        method: 'GET',
        path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(`${name}:${port}`)}/proxy${path}`,
        ...(limitMs !== undefined && { timeoutMs: limitMs }),
      }),
  };
}

type Send = (what: string, request: Omit<ApiRequest, 'timeoutMs'> & { readonly timeoutMs?: number }) => Promise<ApiResponse>;

function sender(cluster: string, transport: Transport, defaultMs: number): Send {
  return async (what, request) => {
    const timeoutMs = request.timeoutMs ?? defaultMs;
    try {
      return await transport.send({ ...request, timeoutMs });
    } catch (cause) {
      throw unreachable(cause, cluster, what, timeoutMs);
    }
  };
}

function patchPath(ref: ObjectRef, { subresource, fieldManager, dryRun }: PatchOptions): string {
  const query = new URLSearchParams({ ...(fieldManager && { fieldManager }), ...(dryRun && { dryRun: 'All' }) }).toString();
  return `${refPath(ref)}${subresource ? `/${subresource}` : ''}${query ? `?${query}` : ''}`;
}

function refPath(ref: ObjectRef): string {
  return apiPath(ref.kind, ref.namespace, ref.name);
}

interface Selection {
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

const chosen = ({ labelSelector, fieldSelector }: Selection): Record<string, string> => ({ ...(labelSelector && { labelSelector }), ...(fieldSelector && { fieldSelector }) });

async function reviewAccess(cluster: string, send: Send, access: Access): Promise<boolean> {
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes: access } };
  const response = await send('ask for its rights', { method: 'POST', path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', contentType: 'application/json', body });
  if (response.status >= 300) throw failureOf(response, cluster, 'ask for its rights');
  return (JSON.parse(response.body) as { status?: { allowed?: boolean } }).status?.allowed === true;
}

async function listPages(cluster: string, send: Send, kind: Kind, namespace?: string, only: Selection = {}): Promise<Snapshot> {
  const items: unknown[] = [];
  let resourceVersion = '';
  let next: string | undefined = '';
  while (next !== undefined) {
    const query = new URLSearchParams({ limit: String(PAGE), ...chosen(only), ...(next && { continue: next }) });
    const what = `list ${kind.plural}${namespace ? ` in ${namespace}` : ''}`;
    const response = await send(what, { method: 'GET', path: `${apiPath(kind, namespace)}?${query.toString()}` });
    if (response.status === 404) throw crdMissing(kind, cluster);
    if (response.status >= 300) throw failureOf(response, cluster, what);
    const page = JSON.parse(response.body) as { items?: unknown[]; metadata?: { continue?: string; resourceVersion?: string } };
    items.push(...(page.items ?? []));
    resourceVersion = page.metadata?.resourceVersion ?? '';
    next = page.metadata?.continue || undefined;
  }
  return { items, resourceVersion };
}

async function openWatch(cluster: string, transport: Transport, timeoutMs: number, kind: Kind, { namespace, resourceVersion, seconds, signal }: WatchFrom): Promise<AsyncIterable<WatchEvent>> {
  const what = `watch ${kind.plural}${namespace ? ` in ${namespace}` : ''}`;
  const query = new URLSearchParams({ watch: 'true', allowWatchBookmarks: 'true', resourceVersion, timeoutSeconds: String(seconds) });
  const stream = await transport.open({ method: 'GET', path: `${apiPath(kind, namespace)}?${query.toString()}`, timeoutMs }, signal).catch((cause: unknown) => {
    throw unreachable(cause, cluster, what, timeoutMs);
  });
  if (stream.status < 300) return watchEvents(stream.chunks);
  const response: ApiResponse = { status: stream.status, headers: stream.headers, body: await new Response(stream.chunks).text() };
  if (stream.status === 404) throw crdMissing(kind, cluster);
  if (stream.status === 410) throw new WatchEnded(serverStatus(response).message);
  throw failureOf(response, cluster, what);
}

/**
 * A 404 has three meanings. A kind that the server does not serve is answered with bare text; a missing object
 * with a Status that names it, whether or not its namespace exists, so the namespace is asked for as well.
 */
async function missing(response: ApiResponse, ref: ObjectRef, cluster: string, get: (ref: ObjectRef) => Promise<ApiResponse>): Promise<SluiceError> {
  if (serverStatus(response).objectName === undefined) return crdMissing(ref.kind, cluster);
  const absent = ref.kind === NAMESPACE ? ref.name : ref.namespace && (await namespaceIsMissing(ref.namespace, get)) ? ref.namespace : undefined;
  if (absent !== undefined) return new SluiceError('NAMESPACE_NOT_FOUND', `Cluster "${cluster}" has no namespace "${absent}".`);
  return new SluiceError(ref.kind.missing, `Cluster "${cluster}" has no ${describe(ref)}.`);
}

async function namespaceIsMissing(name: string, get: (ref: ObjectRef) => Promise<ApiResponse>): Promise<boolean> {
  try {
    return (await get({ kind: NAMESPACE, name })).status === 404;
  } catch {
    // Then the missing object, which is known for certain, is the answer.
    return false;
  }
}

function crdMissing(kind: Kind, cluster: string): SluiceError {
  return new SluiceError('CRD_MISSING', `Cluster "${cluster}" does not serve ${kind.plural}.${kind.group || 'core'} ${kind.version}.`, {
    details: { cluster, group: kind.group, version: kind.version, plural: kind.plural },
  });
}

import { SluiceError } from '../../domain/errors.ts';
import type { Access, ClusterClient, ReviewedUser, PatchOptions, PatchResult } from './cluster-client.ts';
import { failureOf, refuseApply, serverStatus, unreachable } from './failure.ts';
import { describe, POD, type ObjectRef } from './kinds.ts';
import { listPages, openWatch } from './listing.ts';
import { missing } from './missing.ts';
import { patchPath, refPath, sender, type Send } from './send.ts';
import type { ApiResponse, Transport } from './transport.ts';
import { NOTHING, type WriteLog } from './write-log.ts';

/** The API server asks the kubelet, which may be slow. */
/** The caller limits the time. */
const SERVICE_MS = 600_000;
const CHANNELS_MS = 15_000;

/** The parts that each verb uses: the request, the answer as an object, and the record of this process' writes. */
interface Wire {
  readonly send: Send;
  /** Parses an answer. Throws the catalogue's error for a refused request. */
  readonly ok: (response: ApiResponse, ref: ObjectRef, what: string) => Promise<unknown>;
  readonly written: WriteLog;
}

export function createClient(
  cluster: string,
  transport: Transport,
  { timeoutMs, written }: { readonly timeoutMs: number; readonly written: WriteLog },
): ClusterClient {
  const send = sender(cluster, transport, timeoutMs);
  const wire: Wire = { send, written, ok: (response, ref, what) => parsed(cluster, send, response, ref, what) };
  return {
    cluster,
    written,
    get: async (ref) =>
      wire.ok(await send(`read ${describe(ref)}`, { method: 'GET', path: refPath(ref) }), ref, 'read'),
    list: async (kind, namespace, labelSelector, fieldSelector) =>
      (await listPages(cluster, send, kind, namespace, { labelSelector, fieldSelector })).items,
    snapshot: (kind, namespace) => listPages(cluster, send, kind, namespace),
    watch: (kind, from) => openWatch(cluster, transport, timeoutMs, kind, from),
    ...patches(wire),
    apply: applying(wire),
    remove: removing(wire),
    evict: evicting(wire),
    allowed: (access) => reviewAccess(cluster, send, access),
    reviewToken: (token, audience) => reviewToken(cluster, send, token, audience),
    request: (what, read) => send(what, { method: 'GET', ...read }),
    async stream(what, read, signal) {
      const request = { method: 'GET', timeoutMs, ...read } as const;
      return transport.open(request, signal).catch((cause: unknown) => {
        throw unreachable(cause, cluster, what, request.timeoutMs);
      });
    },
    channels: async (what, path, options) =>
      transport.channels(path, { ...options, timeoutMs: CHANNELS_MS }).catch((cause: unknown) => {
        if (options.signal.aborted) throw options.signal.reason;
        throw unreachable(cause, cluster, what, CHANNELS_MS);
      }),
    serviceRequest: async ({ namespace, service, port }, { path, ...request }, signal) => {
      const place = `${encodeURIComponent(namespace)}/services/${encodeURIComponent(`${service}:${port}`)}`;
      const sent = { ...request, path: `/api/v1/namespaces/${place}/proxy${path}`, timeoutMs: SERVICE_MS };
      return transport.open(sent, signal).catch((cause: unknown) => {
        if (signal.aborted) throw signal.reason;
        throw unreachable(cause, cluster, `reach the Service ${namespace}/${service}`, SERVICE_MS);
      });
    },
    podGet: ({ namespace, name, port }, path, limitMs) =>
      send(`reach port ${port} of pod ${namespace}/${name}`, {
        method: 'GET',
        path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(`${name}:${port}`)}/proxy${path}`,
        ...(limitMs !== undefined && { timeoutMs: limitMs }),
      }),
  };
}

async function parsed(
  cluster: string,
  send: Send,
  response: ApiResponse,
  ref: ObjectRef,
  what: string,
): Promise<unknown> {
  if (response.status < 300) return JSON.parse(response.body) as unknown;
  if (response.status !== 404) throw failureOf(response, cluster, `${what} ${describe(ref)}`);
  throw await missing(response, ref, cluster, (other) =>
    send('look for the namespace', { method: 'GET', path: refPath(other) }),
  );
}

function patches({ send, ok, written }: Wire): Pick<ClusterClient, 'jsonPatch' | 'mergePatch'> {
  const patch = (ref: ObjectRef, contentType: string, body: unknown, options: PatchOptions = {}) =>
    send(`patch ${describe(ref)}`, { method: 'PATCH', path: patchPath(ref, options), contentType, body });
  const guarded = async (ref: ObjectRef, body: unknown, options?: PatchOptions): Promise<PatchResult> => {
    const response = await patch(ref, 'application/json-patch+json', body, options);
    if (response.status === 422) return { applied: false, why: serverStatus(response).message };
    return { applied: true, object: await ok(response, ref, 'patch') };
  };
  const merged = async (ref: ObjectRef, body: object, options?: PatchOptions): Promise<unknown> => {
    const response = await patch(ref, 'application/merge-patch+json', body, options);
    refuseApply(response, ref);
    return ok(response, ref, 'patch');
  };
  return {
    jsonPatch: (ref, operations, options) =>
      written.around<PatchResult>(
        ref,
        () => guarded(ref, operations, options),
        (result) => (result.applied && !options?.dryRun ? result.object : NOTHING),
        options?.dryRun ? 'tried' : 'written',
      ),
    mergePatch: (ref, body, options) =>
      written.around(
        ref,
        () => merged(ref, body, options),
        (object) => (options?.dryRun ? NOTHING : object),
        options?.dryRun ? 'tried' : 'written',
      ),
  };
}

function applying({ send, ok, written }: Wire): ClusterClient['apply'] {
  const request = async (
    ref: ObjectRef,
    body: object,
    manager: { fieldManager: string; force?: boolean; dryRun?: boolean },
  ) => {
    const query = new URLSearchParams({
      fieldManager: manager.fieldManager,
      ...(manager.force && { force: 'true' }),
      ...(manager.dryRun && { dryRun: 'All' }),
    });
    const path = `${refPath(ref)}?${query.toString()}`;
    const contentType = 'application/apply-patch+yaml';
    const response = await send(`apply ${describe(ref)}`, { method: 'PATCH', path, contentType, body });
    refuseApply(response, ref);
    return ok(response, ref, 'apply');
  };
  return (ref, manifest, manager) =>
    written.around(
      ref,
      () => request(ref, manifest, manager),
      (object) => (manager.dryRun ? NOTHING : object),
      manager.dryRun ? 'tried' : 'written',
    );
}

function removing({ send, ok, written }: Wire): ClusterClient['remove'] {
  const remove = async (ref: ObjectRef, preconditions: object, dryRun: boolean) => {
    const options = { kind: 'DeleteOptions', apiVersion: 'v1', preconditions, propagationPolicy: 'Background' };
    const body = { ...options, ...(dryRun && { dryRun: ['All'] }) };
    const request = { method: 'DELETE', path: refPath(ref), contentType: 'application/json', body } as const;
    await ok(await send(`delete ${describe(ref)}`, request), ref, 'delete');
  };
  return (ref, preconditions, { dryRun = false } = {}) =>
    dryRun
      ? remove(ref, preconditions, true)
      : written.aroundDeletion(ref, preconditions.uid, () => remove(ref, preconditions, false));
}

function evicting({ send, ok, written }: Wire): ClusterClient['evict'] {
  const evict = async (ref: ObjectRef, uid: string, dryRun: boolean) => {
    const { name, namespace } = ref;
    const response = await send(`evict ${describe(ref)}`, {
      method: 'POST',
      path: `${refPath(ref)}/eviction${dryRun ? '?dryRun=All' : ''}`,
      contentType: 'application/json',
      body: {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name, namespace },
        deleteOptions: { preconditions: { uid } },
      },
    });
    // The status of a request that a budget forbids, which may be allowed later.
    if (response.status === 429)
      throw new SluiceError('NOT_APPLICABLE', `${describe(ref)} was not evicted: ${serverStatus(response).message}`);
    await ok(response, ref, 'evict');
  };
  return (pod, { uid }, { dryRun = false } = {}) => {
    const ref = { ...pod, kind: POD };
    return dryRun ? evict(ref, uid, true) : written.aroundDeletion(ref, uid, () => evict(ref, uid, false));
  };
}

async function reviewAccess(cluster: string, send: Send, access: Access): Promise<boolean> {
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: access },
  };
  const response = await send('ask for its rights', {
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    contentType: 'application/json',
    body,
  });
  if (response.status >= 300) throw failureOf(response, cluster, 'ask for its rights');
  return (JSON.parse(response.body) as { status?: { allowed?: boolean } }).status?.allowed === true;
}

async function reviewToken(
  cluster: string,
  send: Send,
  token: string,
  audience: string,
): Promise<ReviewedUser | undefined> {
  const what = 'review a token';
  const response = await send(what, {
    method: 'POST',
    path: '/apis/authentication.k8s.io/v1/tokenreviews',
    contentType: 'application/json',
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token, audiences: [audience] } },
  });
  if (response.status >= 300) throw failureOf(response, cluster, what);
  const { status = {} } = JSON.parse(response.body) as { status?: ReviewStatus };
  // A server that knows no audiences names none, and the token may then be one for itself.
  const isFor = status.authenticated === true && status.audiences?.includes(audience) === true;
  const { username, groups = [] } = status.user ?? {};
  return isFor && username !== undefined ? { username, groups } : undefined;
}

interface ReviewStatus {
  readonly authenticated?: boolean;
  readonly audiences?: readonly string[];
  readonly user?: { readonly username?: string; readonly groups?: readonly string[] };
}

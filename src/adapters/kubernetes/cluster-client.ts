import type { Kind, ObjectRef } from './kinds.ts';
import type { Opened } from './channels.ts';
import type { ApiRequest, ApiResponse, ApiStream } from './transport.ts';
import type { WatchEvent } from './watch-stream.ts';
import type { WriteLog } from './write-log.ts';

/** One operation of a JSON patch (RFC 6902). A failed `test` changes nothing. */
export type PatchOperation =
  | { readonly op: 'test' | 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

/**
 * Answer to a guarded patch. `applied: false`: a test failed or the result was not valid (422), and nothing changed.
 */
export type PatchResult =
  | { readonly applied: true; readonly object: unknown }
  | { readonly applied: false; readonly why: string };

export interface PatchOptions {
  readonly subresource?: 'status' | 'scale';
  /** The writer's name in managedFields. If absent, the API server derives it from the user agent. */
  readonly fieldManager?: string;
  /** Checked and answered as a write, but not stored. */
  readonly dryRun?: boolean;
}

/**
 * One cluster. Objects are parsed JSON that the caller's schema reads. Errors: the kind's own "not found",
 * NAMESPACE_NOT_FOUND, CRD_MISSING, FORBIDDEN, CONFLICT, and CLUSTER_UNREACHABLE (network, timeout, 429, 5xx). After
 * CLUSTER_UNREACHABLE a write may or may not have happened: read before repeating it.
 */
export interface ClusterClient {
  readonly cluster: string;
  /** The writes of this process. All contexts that lead to the same API server share it. */
  readonly written: WriteLog;
  get(ref: ObjectRef): Promise<unknown>;
  /**
   * All items, page by page. Without `namespace` those of the whole cluster. `fieldSelector`: on fields that the kind
   * supports.
   */
  list(kind: Kind, namespace?: string, labelSelector?: string, fieldSelector?: string): Promise<readonly unknown[]>;
  /** As `list`, with the version of the collection at that time. A watch can start from it. */
  snapshot(kind: Kind, namespace?: string): Promise<Snapshot>;
  /**
   * Changes after `resourceVersion`, including bookmarks. It ends when the server ends it, which is after `seconds`.
   * Further errors: WatchEnded, from the call when the version is too old, and while reading.
   */
  watch(kind: Kind, from: WatchFrom): Promise<AsyncIterable<WatchEvent>>;
  jsonPatch(ref: ObjectRef, operations: readonly PatchOperation[], options?: PatchOptions): Promise<PatchResult>;
  /**
   * A `metadata.resourceVersion` in the body is tested: CONFLICT when the object has changed. Further errors:
   * MANIFEST_REFUSED when the result would not be valid.
   */
  mergePatch(ref: ObjectRef, body: object, options?: PatchOptions): Promise<unknown>;
  /**
   * Server-side apply. It creates an object that does not exist. A `metadata.resourceVersion` in the manifest is
   * tested: CONFLICT when the object has changed. `force` takes fields over from other managers. Further errors:
   * FIELD_CONFLICT (details.managers), MANIFEST_REFUSED.
   */
  apply(
    ref: ObjectRef,
    manifest: object,
    manager: { fieldManager: string; force?: boolean; dryRun?: boolean },
  ): Promise<unknown>;
  /** Deletes exactly the object that was read. Further errors: CONFLICT when another object has its name. */
  remove(
    ref: ObjectRef,
    read: { readonly uid: string; readonly resourceVersion?: string },
    options?: Pick<PatchOptions, 'dryRun'>,
  ): Promise<void>;
  /**
   * Asks the API server to delete a pod if no PodDisruptionBudget forbids it. Further errors: NOT_APPLICABLE with the
   * budget's reason, CONFLICT when another pod has its name.
   */
  evict(
    pod: { readonly namespace: string; readonly name: string },
    read: { readonly uid: string },
    options?: Pick<PatchOptions, 'dryRun'>,
  ): Promise<void>;
  /** Whether the current account has a right, according to the API server. */
  allowed(access: Access): Promise<boolean>;
  /** Whom a token proves that was made for the audience. Undefined if it proves nobody there. */
  reviewToken(token: string, audience: string): Promise<ReviewedUser | undefined>;
  /** A read that no other method makes. The answer may have any status. `what`: "list pods", for errors. */
  request(what: string, request: PlainRead): Promise<ApiResponse>;
  /** As `request`, but the body arrives in pieces until the server ends it or `signal` is aborted. */
  stream(what: string, request: PlainRead, signal: AbortSignal): Promise<ApiStream>;
  /** Opens a WebSocket with one of the protocols, or returns the refusal. */
  channels(
    what: string,
    path: string,
    options: { readonly protocols: readonly string[]; readonly signal: AbortSignal },
  ): Promise<Opened>;
  /** GET through the API server to a port of a pod. The answer has the pod's own status. */
  podGet(
    pod: { namespace: string; name: string; port: number },
    path: string,
    timeoutMs?: number,
  ): Promise<ApiResponse>;
  /**
   * A request through the API server to a port of a Service, by the name of the port. The answer has the status of the
   * Service, or that of the API server.
   */
  serviceRequest(
    at: { readonly namespace: string; readonly service: string; readonly port: string },
    request: Pick<ApiRequest, 'method' | 'path' | 'headers' | 'text'>,
    signal: AbortSignal,
  ): Promise<ApiStream>;
}

/** The user of a token, as the API server names them: `system:serviceaccount:<namespace>:<name>`. */
export interface ReviewedUser {
  readonly username: string;
  readonly groups: readonly string[];
}

/** `path`: from the server's root, with the query. */
export type PlainRead = Pick<ApiRequest, 'path' | 'accept'> & { readonly timeoutMs?: number };

/** A right, in the terms of RBAC. */
export interface Access {
  /** Empty for the core API. */
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly verb: string;
  /** If absent, in every namespace. */
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
  /** Address of the API server of a context. Undefined for an incomplete context. */
  server(context: string): string | undefined;
  /** Errors: CLUSTER_UNKNOWN, with the known contexts and the nearest in `details`. */
  client(cluster: string): ClusterClient;
}

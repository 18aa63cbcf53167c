import type { ApiKind } from '../domain/cluster-objects/api-kind.ts';
import type { ApiObject } from '../domain/cluster-objects/api-object.ts';
import type { Owner } from '../domain/release/target.ts';

/** The objects of one kind: of one namespace, or of the whole cluster. */
export interface ObjectsIn {
  readonly cluster: string;
  readonly kind: ApiKind;
  readonly namespace?: string | undefined;
}

/** One object. Without `namespace` it is cluster-scoped. */
export interface ObjectAt extends ObjectsIn {
  readonly name: string;
}

export interface PageQuery {
  /** Maximum number of objects. */
  readonly limit: number;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** `next` of the page before. */
  readonly continue?: string | undefined;
}

/** The rest of a list behind a page. */
export interface PageEnd {
  /** Absent at the end of the list. */
  readonly next?: string;
  /** The number of objects after this page. The API server does not give it for a selection. */
  readonly remaining?: number;
}

export interface ObjectPage extends PageEnd {
  readonly items: readonly ApiObject[];
}

/** The table that the API server makes of a kind, with the columns of kubectl. */
export interface ObjectTable extends PageEnd {
  readonly columns: readonly string[];
  readonly rows: readonly {
    readonly name: string;
    readonly namespace?: string;
    readonly cells: readonly string[];
  }[];
}

export interface LogQuery {
  readonly cluster: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** The container before its last restart. */
  readonly previous: boolean;
  readonly tailLines: number;
  readonly limitBytes: number;
  readonly sinceSeconds?: number | undefined;
}

/** The schemas of one group and version by name, in the form of OpenAPI 3. */
export type OpenApiSchemas = Readonly<Record<string, unknown>>;

/** One operation of a JSON patch (RFC 6902). */
export type JsonOperation =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

/** A change of one object. `apply` is server-side apply, and creates an object that does not exist. */
export type ObjectWrite =
  | { readonly how: 'apply'; readonly manifest: ApiObject; readonly takeOver: boolean }
  | { readonly how: 'merge'; readonly patch: ApiObject }
  | { readonly how: 'json'; readonly operations: readonly JsonOperation[] }
  | { readonly how: 'delete' }
  /** A deletion of a pod that a PodDisruptionBudget can forbid. */
  | { readonly how: 'evict' };

/** A right, in the terms of RBAC. */
export interface WantedRight {
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
  readonly subresource?: string;
  readonly namespace?: string | undefined;
}

/**
 * Objects of every kind that a cluster serves. Errors of all: CLUSTER_*, FORBIDDEN, INVALID_INPUT (the API server does
 * not understand the request, for example a selector).
 */
export interface ClusterObjectsPort {
  /** The kinds of the cluster in all versions. They may be half a minute old, unless `fresh`. */
  kinds(cluster: string, fresh?: boolean): Promise<readonly ApiKind[]>;
  /** Errors: as `page`. */
  table(from: ObjectsIn, query: PageQuery): Promise<ObjectTable>;
  /** Every item has `apiVersion` and `kind`. Errors: CURSOR_EXPIRED, NAMESPACE_NOT_FOUND for an empty first page. */
  page(from: ObjectsIn, query: PageQuery): Promise<ObjectPage>;
  /** Errors: OBJECT_NOT_FOUND, NAMESPACE_NOT_FOUND. */
  read(at: ObjectAt): Promise<ApiObject>;
  /**
   * Reads the object until it is settled, for at most some seconds. Returns what was read last, settled or not. Errors:
   * as `read`.
   */
  readSettled(at: ObjectAt, isSettled: (object: ApiObject) => boolean, signal: AbortSignal): Promise<ApiObject>;
  /** Errors: OBJECT_NOT_FOUND (no such pod), NOT_APPLICABLE with the kubelet's reason. */
  log(query: LogQuery): Promise<string>;
  /**
   * The log in pieces, as it is written, until the container ends, `limitBytes` were sent, or `signal` is aborted.
   * Errors: as `log`; CLUSTER_UNREACHABLE while reading if the connection breaks.
   */
  followLog(query: LogQuery, signal: AbortSignal): Promise<AsyncIterable<string>>;
  /** Whether the account in use has a right. */
  allowed(cluster: string, right: WantedRight): Promise<boolean>;
  /**
   * Writes an object exactly as it was read: `before` is what `read` returned, or undefined if there was no object.
   * `dryRun`: the API server checks it and answers as for a write, but stores nothing. The answer is the object
   * afterwards, or undefined after a deletion. Errors: CONFLICT (the object is another one than `before`),
   * NOT_APPLICABLE (a budget forbids an eviction), FIELD_CONFLICT, MANIFEST_REFUSED, OBJECT_NOT_FOUND,
   * NAMESPACE_NOT_FOUND.
   */
  write(
    at: ObjectAt,
    before: ApiObject | undefined,
    write: ObjectWrite,
    dryRun: boolean,
  ): Promise<ApiObject | undefined>;
  /** The release that has marked an object as its own. */
  releaseOwner(object: ApiObject): Promise<Owner | undefined>;
  /** Errors: OBJECT_NOT_FOUND if the cluster describes no such group and version. */
  schemas(cluster: string, kind: Pick<ApiKind, 'group' | 'version'>): Promise<OpenApiSchemas>;
}

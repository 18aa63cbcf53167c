import type { Effect } from '../domain/effect.ts';
import type { Owner } from '../domain/release/target.ts';
import type { TrafficRef } from './split.ts';

/** The place of a middleware: one Service of the weighted TraefikService, or every rule that leads to it. */
export type MiddlewarePlace = { readonly on: 'service'; readonly service: string } | { readonly on: 'route' };

/** `rateLimit` and `circuitBreaker` as in traefik.io/v1alpha1. Values are numbers, texts or objects of them. */
export type MiddlewareSpec =
  | { readonly rateLimit: Readonly<Record<string, unknown>> }
  | { readonly circuitBreaker: Readonly<Record<string, unknown>> };

/** The state of a middleware in one Traefik replica, from its own API. */
export interface MiddlewareStatus {
  readonly replica: string;
  /** Whether the replica has it enabled. */
  readonly loaded: boolean;
  /** Services and rules of the replica that use it. */
  readonly usedBy: readonly string[];
  readonly error?: string;
}

/** A middleware and where it is attached around one weighted route. */
export interface MiddlewareView {
  readonly ref: TrafficRef;
  readonly name: string;
  /** Absent if there is no such Middleware. */
  readonly spec?: Readonly<Record<string, unknown>>;
  /** "Service app-canary", "IngressRoute app rule 1". */
  readonly attachedTo: readonly string[];
  /** Empty when no Traefik API is configured. */
  readonly replicas: readonly MiddlewareStatus[];
}

/** The weighted route that a middleware is for. */
export interface RouteArms {
  readonly services: readonly string[];
  readonly owner?: Owner;
}

/**
 * A weighted TraefikService, with its entries that are Services of its own namespace. `port` is as written, empty when
 * absent.
 */
export interface WeightedRoute {
  readonly name: string;
  readonly services: readonly { readonly service: string; readonly port: string; readonly weight: number }[];
}

export interface DesiredMiddleware {
  readonly name: string;
  readonly spec: MiddlewareSpec;
  readonly place: MiddlewarePlace;
  /** Takes fields over from other field managers. */
  readonly takeOver: boolean;
}

export interface DesiredMirror {
  /** Mirrored copies of requests are sent to this Service. */
  readonly service: string;
  /** Number or name. If absent, the Service's only port. */
  readonly port?: string;
  /** 1…100. */
  readonly percent: number;
  readonly methods: 'safe' | 'all';
  /** Maximum size in bytes. Longer bodies are not mirrored. If absent, there is no limit. */
  readonly maxBodySize?: number;
  readonly takeOver: boolean;
}

export interface MirrorStatus {
  readonly replica: string;
  /** Absent if that replica mirrors nothing here. */
  readonly percent?: number;
  readonly service?: string;
  readonly rules: readonly string[];
  readonly error?: string;
}

/** The mirror of a weighted route. Without `service` there is none. */
export interface MirrorView {
  readonly ref: TrafficRef;
  readonly service?: string;
  readonly percent?: number;
  readonly methods?: 'safe' | 'all';
  readonly maxBodySize?: number;
  readonly rules: readonly string[];
  readonly replicas: readonly MirrorStatus[];
}

/**
 * The middlewares and mirrors of a route's Services. Every write first does a dry run of all its parts, undoes its
 * changes when a later part fails, and reads back from the API server and every Traefik replica. Errors:
 * TRAFFIC_SERVICE_NOT_FOUND, ROUTE_NOT_FOUND, SERVICE_NOT_FOUND, FIELD_CONFLICT, ALREADY_EXISTS, CONFLICT, CLUSTER_*,
 * FORBIDDEN.
 */
export interface MiddlewaresPort {
  arms(ref: TrafficRef): Promise<RouteArms>;
  /** All of the namespace, by name. Further errors: NAMESPACE_NOT_FOUND. */
  weightedRoutes(place: { readonly cluster: string; readonly namespace: string }): Promise<readonly WeightedRoute[]>;
  read(ref: TrafficRef, name: string): Promise<MiddlewareView>;
  put(ref: TrafficRef, desired: DesiredMiddleware): Promise<Effect<MiddlewareView>>;
  readMirror(ref: TrafficRef): Promise<MirrorView>;
  mirror(ref: TrafficRef, desired: DesiredMirror): Promise<Effect<MirrorView>>;
  /** Removes the mirror, rules first. Unchanged if there is none. */
  unmirror(ref: TrafficRef, takeOver: boolean): Promise<Effect<MirrorView>>;
}

import type { Owner } from '../domain/release/target.ts';
import type { TrafficRef } from './split.ts';

/** One entry of a weighted TraefikService. */
export interface RouteEntry {
  /** Name of the Service, or of the TraefikService. */
  readonly service: string;
  readonly kind: 'Service' | 'TraefikService';
  /** Absent: that of the route. */
  readonly namespace?: string;
  /** As written, number or name; empty when absent. */
  readonly port: string;
  readonly weight: number;
}

/** A rule of an IngressRoute that leads to a TraefikService. */
export interface RouteRule {
  readonly ingressRoute: string;
  readonly match: string;
  /** Empty: all that Traefik opens by default. */
  readonly entryPoints: readonly string[];
}

/** What one Traefik replica serves; or why it is not known. */
export interface ServedRoute {
  readonly replica: string;
  /** In the order of the route's entries. */
  readonly weights?: readonly number[];
  /** Rules of the enabled routers that lead to it. */
  readonly rules?: readonly string[];
  /** True when the replica answers that it does not know the route. */
  readonly unknown?: boolean;
  readonly error?: string;
}

/** A weighted route as written and as served, read at one moment. */
export interface RouteView {
  readonly ref: TrafficRef;
  readonly uid: string;
  readonly resourceVersion: string;
  /** `other`: mirroring, failover or highest random weight; it has no entries. */
  readonly form: 'weighted' | 'other';
  readonly entries: readonly RouteEntry[];
  /** Of the IngressRoutes in its namespace. */
  readonly rules: readonly RouteRule[];
  readonly sticky: boolean;
  /** On the rules and on the entries. */
  readonly middlewares: readonly string[];
  readonly owner?: Owner;
  /** When its weights were last written, epoch milliseconds; absent when the API server does not tell. */
  readonly weightsSince?: number;
  /** One for each replica; empty when no Traefik API is configured. */
  readonly served: readonly ServedRoute[];
}

/** An IngressRoute's rule, or a TraefikService, that sends requests to something. */
export interface RouteLink {
  readonly from: {
    readonly kind: 'IngressRoute' | 'TraefikService';
    readonly namespace: string;
    readonly name: string;
  };
  readonly to: { readonly kind: 'Service' | 'TraefikService'; readonly namespace: string; readonly name: string };
  /** Of an IngressRoute only. */
  readonly rule?: RouteRule;
}

export interface RouteLinks {
  /** False: the account may only look into the namespace itself. */
  readonly everywhere: boolean;
  readonly links: readonly RouteLink[];
}

export interface ServiceFacts {
  readonly name: string;
  readonly ports: readonly { readonly name?: string; readonly port: number }[];
  /** The version that its selector names (label rollouts-pod-template-hash). */
  readonly hash?: string;
  /** Ready endpoints in its EndpointSlices. */
  readonly ready: number;
}

/** What a new weighted route is made of. */
export interface RoutePlan {
  readonly stable: string;
  readonly canary: string;
  readonly port: number;
  readonly nativeLb: boolean;
  readonly match: string;
  readonly entryPoints: readonly string[];
}

export interface IngressRouteFacts {
  readonly ref: TrafficRef;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly links: readonly RouteLink[];
}

/** Which objects a write made, in order; as in "TraefikService shop/web". */
export type Touched = readonly string[];

/**
 * Weighted routes: an IngressRoute over a TraefikService over two Services. Errors: NAMESPACE_NOT_FOUND, CLUSTER_*,
 * CRD_MISSING, FORBIDDEN.
 * What a Traefik replica does not answer is text in the result, never an error.
 */
export interface RoutesPort {
  /** Names of the TraefikServices in a namespace. */
  names(place: { readonly cluster: string; readonly namespace: string }): Promise<readonly string[]>;
  /** Every Traefik replica of the cluster. `error`: why its API does not answer. Empty: no API is configured. */
  replicas(cluster: string): Promise<readonly { readonly replica: string; readonly error?: string }[]>;
  /** Errors besides: TRAFFIC_SERVICE_NOT_FOUND. */
  read(ref: TrafficRef): Promise<RouteView>;
  /** What the replicas serve now for a route as it was read. */
  served(view: Pick<RouteView, 'ref' | 'entries'>): Promise<readonly ServedRoute[]>;
  /** What leads where, in the cluster if that may be read. */
  links(place: { readonly cluster: string; readonly namespace: string }): Promise<RouteLinks>;
  /** Errors besides: SERVICE_NOT_FOUND. */
  service(ref: TrafficRef): Promise<ServiceFacts>;
  /**
   * Makes what is not there, after a dry run of all of it; stable gets 100, canary 0. Nothing touched: both are there
   * exactly so.
   * Errors besides: ALREADY_EXISTS, MANIFEST_REFUSED.
   */
  create(ref: TrafficRef, plan: RoutePlan): Promise<Touched>;
  /**
   * Writes all weights of the view, in the order of its entries, or nothing. Errors besides: CONFLICT when the object
   * is another by
   * now, FIELD_CONFLICT (unless `takeOver`) when somebody else manages the weights.
   */
  setWeights(view: RouteView, weights: readonly number[], options: { readonly takeOver: boolean }): Promise<void>;
  /** The IngressRoute of the route's name; undefined when there is none. */
  findIngressRoute(ref: TrafficRef): Promise<IngressRouteFacts | undefined>;
  /** Deletes the IngressRoute that was read. Errors besides: ROUTE_NOT_FOUND, CONFLICT. */
  removeIngressRoute(read: IngressRouteFacts): Promise<void>;
  /** Deletes the TraefikService that was read. Errors besides: CONFLICT. */
  removeTraefikService(view: RouteView): Promise<void>;
}

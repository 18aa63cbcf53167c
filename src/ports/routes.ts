import type { Owner } from '../domain/release/target.ts';
import type { TrafficRef } from './split.ts';

/** One entry of a weighted TraefikService. */
export interface RouteEntry {
  /** Name of the Service, or of the TraefikService. */
  readonly service: string;
  readonly kind: 'Service' | 'TraefikService';
  /** If absent, the namespace of the route. */
  readonly namespace?: string;
  /** As written, number or name. Empty when absent. */
  readonly port: string;
  readonly weight: number;
}

/** A rule of an IngressRoute that leads to a TraefikService. */
export interface RouteRule {
  readonly ingressRoute: string;
  readonly match: string;
  /** If empty, all entry points that Traefik uses by default. */
  readonly entryPoints: readonly string[];
}

/** What one Traefik replica serves, or the reason why it is not known. */
export interface ServedRoute {
  readonly replica: string;
  /** In the order of the route's entries. */
  readonly weights?: readonly number[];
  /** Rules of the enabled routers that lead to it. */
  readonly rules?: readonly string[];
  /** True when the replica answers that it does not have the route. */
  readonly unknown?: boolean;
  readonly error?: string;
}

/** A weighted route as written and as served, read at one time. */
export interface RouteView {
  readonly ref: TrafficRef;
  readonly uid: string;
  readonly resourceVersion: string;
  /** `other`: mirroring, failover or highest random weight. It has no entries. */
  readonly form: 'weighted' | 'other';
  readonly entries: readonly RouteEntry[];
  /** Rules of the IngressRoutes in its namespace. */
  readonly rules: readonly RouteRule[];
  readonly sticky: boolean;
  /** The middlewares on the rules and on the entries. */
  readonly middlewares: readonly string[];
  readonly owner?: Owner;
  /** When its weights were last written, epoch milliseconds. Absent when the API server does not report it. */
  readonly weightsSince?: number;
  /** One for each replica. Empty when no Traefik API is configured. */
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
  /** For an IngressRoute only. */
  readonly rule?: RouteRule;
}

export interface RouteLinks {
  /** False if the account may only read the namespace itself. */
  readonly everywhere: boolean;
  readonly links: readonly RouteLink[];
}

export interface ServiceFacts {
  readonly name: string;
  readonly ports: readonly { readonly name?: string; readonly port: number }[];
  /** The version that its selector names (label rollouts-pod-template-hash). */
  readonly hash?: string;
  /** Number of ready endpoints in its EndpointSlices. */
  readonly ready: number;
}

/** The parts of a new weighted route. */
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

/** The objects that a write created, in order, as in "TraefikService shop/web". */
export type Touched = readonly string[];

/**
 * Weighted routes: an IngressRoute over a TraefikService over two Services. Errors: NAMESPACE_NOT_FOUND, CLUSTER_*,
 * CRD_MISSING, FORBIDDEN. If a Traefik replica does not answer, the result contains a text and there is no error.
 */
export interface RoutesPort {
  /** Names of the TraefikServices in a namespace. */
  names(place: { readonly cluster: string; readonly namespace: string }): Promise<readonly string[]>;
  /** Every Traefik replica of the cluster. `error`: why its API does not answer. Empty: no API is configured. */
  replicas(cluster: string): Promise<readonly { readonly replica: string; readonly error?: string }[]>;
  /** Errors besides: TRAFFIC_SERVICE_NOT_FOUND. */
  read(ref: TrafficRef): Promise<RouteView>;
  /** What the replicas serve now for a route that was read before. */
  served(view: Pick<RouteView, 'ref' | 'entries'>): Promise<readonly ServedRoute[]>;
  /** All rules and TraefikServices with their destinations, of the whole cluster if the account may read it. */
  links(place: { readonly cluster: string; readonly namespace: string }): Promise<RouteLinks>;
  /** Further errors: SERVICE_NOT_FOUND. */
  service(ref: TrafficRef): Promise<ServiceFacts>;
  /**
   * Creates the missing objects after a dry run of all of them. Stable gets weight 100, canary 0. If the result is
   * empty, both exist exactly as planned. Further errors: ALREADY_EXISTS, MANIFEST_REFUSED.
   */
  create(ref: TrafficRef, plan: RoutePlan): Promise<Touched>;
  /**
   * Writes all weights of the view, in the order of its entries, or none. Further errors: CONFLICT when the object was
   * replaced or changed, FIELD_CONFLICT (unless `takeOver`) when another field manager owns the weights.
   */
  setWeights(view: RouteView, weights: readonly number[], options: { readonly takeOver: boolean }): Promise<void>;
  /** The IngressRoute with the route's name. Undefined when there is none. */
  findIngressRoute(ref: TrafficRef): Promise<IngressRouteFacts | undefined>;
  /** Deletes the IngressRoute that was read. Further errors: ROUTE_NOT_FOUND, CONFLICT. */
  removeIngressRoute(read: IngressRouteFacts): Promise<void>;
  /** Deletes the TraefikService that was read. Further errors: CONFLICT. */
  removeTraefikService(view: RouteView): Promise<void>;
}

import type { WeightedPlace } from '../domain/route/names.ts';
import type { OwnRules } from '../domain/route/crossing.ts';
import type { RivalRoute } from '../domain/route/rival.ts';
import type { ScenarioResult } from '../domain/servers/conformance.ts';
import type { ProxyWeights } from '../domain/release/proof.ts';
import type { Owner } from '../domain/release/target.ts';
import type { Change, Refusal, WriteResult } from './workload.ts';

export interface TrafficRef {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
}

/** The two Services whose weights are used. Others in the same TraefikService stay unchanged. */
export interface ArmServices {
  readonly stable: string;
  readonly candidate: string;
}

export interface TrafficView {
  readonly ref: TrafficRef;
  readonly resourceVersion: string;
  /** As written. An absent weight counts as 1 (Traefik). */
  readonly weights: readonly {
    readonly service: string;
    readonly weight: number;
    readonly port: string;
    /**
     * The label under which requests to this Service are counted (EvidencePort.counters), with Traefik's default
     * naming.
     */
    readonly metricsService: string;
    /** The only users that may get it; the weight is a share of them. Absent: all may. */
    readonly audience?: string;
    /** The parts from which the proxy builds its names. Absent where it has no other names. */
    readonly place?: WeightedPlace;
  }[];
  readonly sticky: boolean;
  readonly owner?: Owner;
  /** Who wrote the weights last besides Sluice: the field manager, and the time (ISO 8601) where it was noted. */
  readonly writer?: { readonly manager: string; readonly time?: string };
  /** What the controller itself says of its weights, for people. Only for a split that is `controllerOnly`. */
  readonly report?: string;
}

/** A middleware that may answer in place of a version. Traefik counts its answers for no service. */
export interface SelfAnswering {
  readonly middleware: string;
  /** The field name in traefik.io/v1alpha1, for example `circuitBreaker`. */
  readonly type: string;
  /** "Service app-canary", "IngressRoute app rule 1". */
  readonly place: string;
}

/** What a replay at one proxy has shown, or why there was none. It has no values, because those belong to users. */
export type Replay = { readonly replica: string } & (
  | {
      readonly recorded: number;
      readonly compared: number;
      readonly differences: readonly {
        readonly tool: string;
        /** Empty: the whole call. */
        readonly path: string;
        readonly what: string;
        readonly calls: number;
      }[];
    }
  | { readonly error: string }
);

/** What mirroring at one proxy has shown so far, or why there was none. It has no values. */
export type Mirrored = { readonly replica: string } & (
  | Pick<Extract<Replay, { readonly compared: number }>, 'compared' | 'differences'>
  | { readonly error: string }
);

/** Copies of reading requests that go to the new version, whose answers nobody gets. */
export interface Copying {
  /** Every proxy replica copies. True also where no replica can be asked. */
  readonly inForce: boolean;
  readonly detail: string;
}

export interface Unhealthy {
  readonly replica: string;
  readonly reason: string;
}

/**
 * How traffic is split: the shares of two versions, and the proxies that serve them. Errors: TRAFFIC_SERVICE_NOT_FOUND,
 * CLUSTER_*, FORBIDDEN, CONFLICT.
 */
export interface SplitPort {
  /**
   * The weights are the report of the target's own controller. No proxy is read, nothing is written, and nothing is
   * counted. A name of `ArmServices` is then no Service where the target has none.
   */
  readonly controllerOnly?: true;
  read(ref: TrafficRef): Promise<TrafficView>;
  /** Names of the weighted TraefikServices in the namespace that hold both Services. */
  find(place: { cluster: string; namespace: string }, arms: ArmServices): Promise<readonly string[]>;
  /**
   * Sets candidate = weight and stable = 100 − weight (percent), by a patch that tests both current weights and the
   * owner mark. Refused without the mark of `owner`'s run, or with a higher epoch. Unchanged if the weights are already
   * equal.
   */
  setWeight(ref: TrafficRef, arms: ArmServices, weight: number, owner: Owner): Promise<WriteResult>;
  /**
   * The candidate's weight on every proxy replica, from its own API. Empty when no API is configured. A replica that
   * does not answer causes no error.
   */
  inForce(ref: TrafficRef, arms: ArmServices): Promise<readonly ProxyWeights[]>;
  /**
   * The proxy replicas for which the Service does not answer, with the reason. Absent: the proxies do not check it. A
   * replica that does not answer causes no error.
   */
  unhealthy?(ref: TrafficRef, service: string): Promise<readonly Unhealthy[]>;
  /**
   * Asks the new version what users have asked stable, at every proxy that keeps such calls. `changing`: paths whose
   * values may differ. Absent: the proxies keep no calls.
   */
  replay?(ref: TrafficRef, arms: ArmServices, changing: readonly string[]): Promise<readonly Replay[]>;
  /**
   * Sends calls of users that only read to the new version as well, at every proxy, and compares the answers. It ends
   * by itself some seconds after the last call of this method. Absent: the proxies cannot do it. A proxy that does not
   * answer causes no error.
   */
  mirror?(ref: TrafficRef, arms: ArmServices, changing: readonly string[]): Promise<readonly Mirrored[]>;
  /**
   * Why `copyReads` could not copy requests of this split. Undefined: it can. Changes nothing. Absent:
   * these proxies copy no requests.
   */
  uncopied?(ref: TrafficRef): Promise<{ readonly detail: string; readonly next: string } | undefined>;
  /**
   * Has `percent` of the requests that only read (GET, HEAD, OPTIONS) copied to the candidate at every proxy. Users get
   * the answers of the split alone. Refused without the mark of `owner`'s run, or with a higher epoch. It may be called
   * again until it is in force. Errors besides: CONFLICT, FIELD_CONFLICT, ALREADY_EXISTS.
   */
  copyReads?(ref: TrafficRef, arms: ArmServices, percent: number, owner: Owner): Promise<Copying | Refusal>;
  /** Ends that at every proxy: `inForce` is false then. The mark as for `copyReads`. */
  stopCopies?(ref: TrafficRef, owner: Owner): Promise<Copying | Refusal>;
  /**
   * Runs the public conformance suite against the new version at one of the proxies: the scenarios for which it
   * declares what they need. Empty if there are none. Absent: there is no such suite for what is released. Errors:
   * SERVER_CONFORMANCE_UNAVAILABLE.
   */
  conform?(ref: TrafficRef, arms: ArmServices): Promise<readonly ScenarioResult[]>;
  /**
   * The middlewares before the two Services that may answer by themselves: on their entries, and on the rules that lead
   * to them.
   */
  selfAnswering(ref: TrafficRef, arms: ArmServices): Promise<readonly SelfAnswering[]>;
  /** The rules that may get the requests of this split. Empty where no rule leads to it. */
  rivals(ref: TrafficRef): Promise<readonly RivalRoute[]>;
  /** The rules that lead to this split. Absent: no rules of other namespaces can. */
  rules?(ref: TrafficRef): Promise<OwnRules>;
  /** As WorkloadPort.claim. */
  claim(ref: TrafficRef, owner: Owner, over?: Owner): Promise<WriteResult>;
  /** As WorkloadPort.fence. */
  fence(ref: TrafficRef, owner: Owner): Promise<WriteResult>;
  unclaim(ref: TrafficRef, owner: Owner): Promise<Change>;
}

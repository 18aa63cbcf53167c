import type { Target } from '../release/target.ts';

/** `allow`: releases may act while it is active. `deny`: they may not; it wins over every `allow`. */
export const WINDOW_KINDS = ['allow', 'deny'] as const;

/**
 * What a release does that is under way when its windows close, the mildest first. `finish_step`: the present step is
 * judged, and the next weight waits. `hold`: the clock of the step stops at the present weight. `go_back`: it is rolled
 * back.
 */
export const CLOSE_RULES = ['finish_step', 'hold', 'go_back'] as const;
export type CloseRule = (typeof CLOSE_RULES)[number];

/** A period, once or repeated, in which releases may act or may not. */
export interface Window {
  readonly name: string;
  readonly kind: (typeof WINDOW_KINDS)[number];
  /** Begin and end of the first occurrence on the clocks of the time zone: `2026-01-05T09:00`, or with seconds. */
  readonly start: string;
  readonly end: string;
  /** IANA name. */
  readonly timeZone: string;
  /** RFC 5545. Absent: the window occurs once. */
  readonly rrule?: string;
  /** Contexts of the kubeconfig. Each list that is empty means all. */
  readonly clusters: readonly string[];
  readonly namespaces: readonly string[];
  /** `namespace/name`. */
  readonly targets: readonly string[];
  readonly onClose: CloseRule;
  /** Why the window is there, for people. */
  readonly reason?: string;
}

/**
 * Whether a window concerns a target. `names`: every name under which the cluster of the target is known, so that no
 * other name leads past a window.
 */
export function covers(window: Window, target: Target, names: readonly string[] = [target.cluster]): boolean {
  const { clusters, namespaces, targets } = window;
  return (
    (clusters.length === 0 || names.some((name) => clusters.includes(name))) &&
    (namespaces.length === 0 || namespaces.includes(target.namespace)) &&
    (targets.length === 0 || targets.includes(`${target.namespace}/${target.rollout}`))
  );
}

/** The strictest of several rules. Without any, the mildest rule. */
export function strictest(windows: readonly Window[]): CloseRule {
  return CLOSE_RULES.findLast((rule) => windows.some(({ onClose }) => onClose === rule)) ?? CLOSE_RULES[0];
}

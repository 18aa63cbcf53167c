import type { DeliveryFinding } from './delivery.ts';

/** A decision of a person that a rule does not stop one image. */
export interface Waiver {
  readonly rule: string;
  /** Id of the image: `sha256:…`. */
  readonly digest: string;
  readonly reason: string;
  readonly person: string;
  /** The last day on which it counts: `2026-12-31`, in UTC. */
  readonly expires: string;
}

/** What a check has against an image. A waiver of its rule lets it pass. A check has each rule at most once. */
export interface Violation {
  readonly check: string;
  readonly rule: string;
  readonly text: string;
}

export interface Judged {
  readonly violations: readonly Violation[];
  readonly imageId: string;
  readonly waivers: readonly Waiver[];
  /** Whether the check of a rule did not run. Nothing is known then of its waivers. */
  readonly isOpen: (rule: string) => boolean;
  /** Epoch ms. */
  readonly now: number;
}

/**
 * One finding for each violation, and one for each waiver that does not count. A waiver that has expired, or that
 * nothing needs, fails, so that no list of old waivers grows.
 */
export function judgedFindings({ violations, imageId, waivers, isOpen, now }: Judged): readonly DeliveryFinding[] {
  const broken = violations.map(({ rule }) => rule);
  const valid = waivers.filter((one) => one.digest === imageId && !isExpired(one, now));
  const useless = waivers.filter((one) => !valid.includes(one) || !(broken.includes(one.rule) || isOpen(one.rule)));
  return [
    ...violations.map((one) =>
      violationFinding(
        one,
        valid.find(({ rule }) => rule === one.rule),
      ),
    ),
    ...useless.map((one) => uselessFinding(one, now)),
  ];
}

function isExpired({ expires }: Waiver, now: number): boolean {
  return new Date(now).toISOString().slice(0, 10) > expires;
}

function violationFinding({ check, text }: Violation, waiver: Waiver | undefined): DeliveryFinding {
  if (!waiver) return { check, outcome: 'failed', text };
  const { person, expires, reason } = waiver;
  return { check, outcome: 'waived', text: `${text}; waived by ${person} until ${expires}: ${reason}` };
}

function uselessFinding(waiver: Waiver, now: number): DeliveryFinding {
  const { rule, digest, person, expires } = waiver;
  const why = isExpired(waiver, now) ? `expired on ${expires}` : 'is not used: this image has no such finding';
  return { check: 'waivers', outcome: 'failed', text: `The waiver of ${rule} for ${digest} by ${person} ${why}` };
}

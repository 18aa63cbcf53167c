import type { DeliveryFinding } from './delivery.ts';
import type { SuspectFile } from './secret-rules.ts';

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

/** An image that was searched, and the waivers of its deployment. */
export interface Judged {
  readonly suspects: readonly SuspectFile[];
  readonly imageId: string;
  readonly waivers: readonly Waiver[];
  /** Epoch ms. */
  readonly now: number;
}

const MAX_SHOWN = 10;
const CHECK = 'secrets';

/**
 * The findings of the search for credentials: one for each rule that found files, and one for each waiver that does not
 * count. A waiver that has expired, or that nothing needs, fails, so that no list of old waivers grows.
 */
export function secretFindings({ suspects, imageId, waivers, now }: Judged): readonly DeliveryFinding[] {
  const broken = [...new Set(suspects.map(({ rule }) => rule))];
  const used = waivers.filter((one) => one.digest === imageId && broken.includes(one.rule) && !isExpired(one, now));
  return [
    ...broken.map((rule) =>
      ruleFinding(
        suspects.filter((one) => one.rule === rule),
        used.find((one) => one.rule === rule),
      ),
    ),
    ...waivers.filter((one) => !used.includes(one)).map((one) => uselessFinding(one, now)),
  ];
}

function isExpired({ expires }: Waiver, now: number): boolean {
  return new Date(now).toISOString().slice(0, 10) > expires;
}

function ruleFinding(files: readonly SuspectFile[], waiver: Waiver | undefined): DeliveryFinding {
  const shown = files.slice(0, MAX_SHOWN).map(({ path, layer }) => `${path} in layer ${layer}`);
  const more = files.length > MAX_SHOWN ? ` and ${files.length - MAX_SHOWN} more` : '';
  const text = `${files[0]?.rule}: ${shown.join(', ')}${more}`;
  if (!waiver) return { check: CHECK, outcome: 'failed', text };
  const { person, expires, reason } = waiver;
  return { check: CHECK, outcome: 'waived', text: `${text}; waived by ${person} until ${expires}: ${reason}` };
}

function uselessFinding(waiver: Waiver, now: number): DeliveryFinding {
  const { rule, digest, person, expires } = waiver;
  const why = isExpired(waiver, now) ? `expired on ${expires}` : 'is not used: this image has no such finding';
  return { check: 'waivers', outcome: 'failed', text: `The waiver of ${rule} for ${digest} by ${person} ${why}` };
}

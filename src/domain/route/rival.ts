/** A rule that matches the same requests as a rule of the split, and leads elsewhere. */
export interface RivalRoute {
  /** "IngressRoute shop/api rule 2". */
  readonly place: string;
  /** "Service shop/api-old". */
  readonly leadsTo: string;
  /** Its priority, compared with the rule of the split. */
  readonly priority: 'same' | 'higher';
}

/** With the same priority each reload draws anew which rule gets all requests (findings/traefik-equal-priority.sh). */
export function rivalText({ place, leadsTo, priority }: RivalRoute): string {
  const means =
    priority === 'same'
      ? 'with the same priority, so each reload of Traefik decides anew which of the two gets all requests'
      : 'with a higher priority, so it gets these requests';
  return `${place} matches the same requests and leads to ${leadsTo}, ${means}`;
}

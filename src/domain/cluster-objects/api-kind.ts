import { SluiceError } from '../errors.ts';

/** A kind of object in one version, as the discovery of a cluster describes it. */
export interface ApiKind {
  readonly kind: string;
  /** Empty for the core API. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  /** For example `scale`, `log`. */
  readonly subresources: readonly string[];
  /** The group prefers this version over its others. */
  readonly preferred: boolean;
}

/** These groups show objects of the core API again, under the same names. They count only where they are named. */
const OTHER_VIEWS: readonly string[] = ['events.k8s.io', 'metrics.k8s.io'];
const SHOWN = 12;

/** `v1`, `apps/v1`. */
export function apiVersionOf({ group, version }: Pick<ApiKind, 'group' | 'version'>): string {
  return group ? `${group}/${version}` : version;
}

/** The name that is unique in a cluster: `pods`, `deployments.apps`. */
export function fullName({ plural, group }: Pick<ApiKind, 'plural' | 'group'>): string {
  return group ? `${plural}.${group}` : plural;
}

/**
 * The kind that a caller names by kind, plural, singular or short name, with the group (`deployments.apps`) or version
 * and group (`deployments.v1.apps`) behind it. `near`: finds the most similar of some names. Errors: UNKNOWN_NAME and
 * KIND_AMBIGUOUS, both with the candidates in `details`.
 */
export function findKind(
  kinds: readonly ApiKind[],
  asked: string,
  near: (name: string, known: readonly string[]) => string | undefined,
): ApiKind {
  const found = matching(kinds, asked);
  const groups = new Set(found.map(fullName));
  const [first] = found;
  if (first && groups.size === 1) return found.find(({ preferred }) => preferred) ?? first;
  if (first) throw ambiguous(asked, [...groups]);
  throw unknown(kinds, asked, near);
}

function matching(kinds: readonly ApiKind[], asked: string): readonly ApiKind[] {
  const [word = '', ...rest] = asked.toLowerCase().split('.');
  const suffix = rest.join('.');
  const named = kinds.filter((one) => namesOf(one).includes(word));
  if (suffix === '') {
    const own = named.filter(({ group }) => !OTHER_VIEWS.includes(group));
    return own.length > 0 ? own : named;
  }
  return named.filter(({ group, version }) =>
    [group, `${version}.${group}`, ...(group === '' ? [version] : [])].includes(suffix),
  );
}

const namesOf = ({ kind, plural, singular, shortNames }: ApiKind): readonly string[] =>
  [kind, plural, singular, ...shortNames].map((name) => name.toLowerCase());

function ambiguous(asked: string, candidates: readonly string[]): SluiceError {
  return new SluiceError('KIND_AMBIGUOUS', `The kind "${asked}" can be ${candidates.join(' or ')}.`, {
    details: { candidates },
  });
}

function unknown(
  kinds: readonly ApiKind[],
  asked: string,
  near: (name: string, known: readonly string[]) => string | undefined,
): SluiceError {
  const [word = '', ...rest] = asked.toLowerCase().split('.');
  const elsewhere = rest.length > 0 ? kinds.filter((one) => namesOf(one).includes(word)) : [];
  const similar = near(word, [...new Set(kinds.flatMap(({ kind, plural }) => [plural, kind]))]);
  const like = kinds.filter((one) => similar !== undefined && namesOf(one).includes(similar.toLowerCase()));
  const candidates = [...new Set([...elsewhere, ...like].map(fullName))].slice(0, SHOWN);
  const meant = candidates.length > 0 ? ` Did you mean ${candidates.join(' or ')}?` : '';
  return new SluiceError('UNKNOWN_NAME', `The cluster serves no kind "${asked}".${meant}`, {
    next: 'Call k8s_api_resources: it lists the kinds of the cluster.',
    details: { candidates },
  });
}

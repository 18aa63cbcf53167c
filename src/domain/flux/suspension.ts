import { metaOf, recordsAt, textAt, valueAt, type ApiObject } from '../cluster-objects/api-object.ts';
import { cleanText } from '../safe-text.ts';

/** The annotations that keep who suspended an object, why, and until when. */
export const SUSPENSION = {
  by: 'sluice.dev/suspended-by',
  reason: 'sluice.dev/suspended-reason',
  at: 'sluice.dev/suspended-at',
  until: 'sluice.dev/suspended-until',
} as const;

/** The field managers of the controllers that apply objects. */
const RECONCILERS: readonly string[] = ['kustomize-controller', 'helm-controller'];
/** A suspension without an expiry counts as forgotten after this time. */
const FORGOTTEN_AFTER_MS = 7 * 86_400_000;

export interface Suspension {
  readonly by?: string;
  readonly reason?: string;
  /** ISO 8601. */
  readonly since?: string;
  /** ISO 8601. Flux does not end it: somebody has to. */
  readonly until?: string;
  /** Why it counts as forgotten, as a sentence. */
  readonly forgotten?: string;
}

export function isSuspended(object: ApiObject): boolean {
  return valueAt(object, ['spec', 'suspend']) === true;
}

/** What is known of the suspension of an object. Undefined if it is not suspended. */
export function suspensionOf(object: ApiObject, now: number): Suspension | undefined {
  if (!isSuspended(object)) return undefined;
  const { annotations = {} } = metaOf(object);
  const writer = writerOf(object);
  const text = (key: keyof typeof SUSPENSION): string | undefined => {
    const value = annotations[SUSPENSION[key]];
    return value === undefined ? undefined : cleanText(value, 500);
  };
  const [by, reason, since, until] = [
    text('by') ?? writer?.by,
    text('reason'),
    text('at') ?? writer?.at,
    text('until'),
  ];
  const known = {
    ...(by === undefined ? {} : { by }),
    ...(reason === undefined ? {} : { reason }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
  const forgotten = forgottenBecause(known, now);
  return { ...known, ...(forgotten === undefined ? {} : { forgotten }) };
}

function forgottenBecause({ since, until }: Suspension, now: number): string | undefined {
  const end = until === undefined ? Number.NaN : Date.parse(until);
  if (!Number.isNaN(end)) return end <= now ? `It was to end at ${until ?? ''}.` : undefined;
  const start = since === undefined ? Number.NaN : Date.parse(since);
  return now - start >= FORGOTTEN_AFTER_MS ? 'It has no expiry, and is older than a week.' : undefined;
}

/** What applies an object sets its field, so it puts another value back. */
export function setByReconciler(object: ApiObject): boolean {
  return writersOf(object).some((one) => RECONCILERS.includes(textAt(one, 'manager') ?? ''));
}

/** The API server keeps which client wrote the field, and when. */
function writerOf(object: ApiObject): { readonly by: string; readonly at?: string } | undefined {
  const [entry] = writersOf(object);
  if (!entry) return undefined;
  const at = textAt(entry, 'time');
  return {
    by: `field manager ${cleanText(textAt(entry, 'manager') ?? 'unknown', 100)}`,
    ...(at === undefined ? {} : { at }),
  };
}

function writersOf(object: ApiObject): readonly Readonly<Record<string, unknown>>[] {
  return recordsAt(object, 'metadata', 'managedFields').filter(
    (one) => valueAt(one, ['fieldsV1', 'f:spec', 'f:suspend']) !== undefined,
  );
}

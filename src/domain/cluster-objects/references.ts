import { isRecord, metaOf, recordAt, recordsAt, textAt, type ApiObject } from './api-object.ts';

/** The object that others may refer to. */
export interface Referred {
  readonly kind: string;
  readonly name: string;
  readonly uid?: string | undefined;
  /** The labels that a selector is compared with: its own ones, or those of its pods. */
  readonly labels: Readonly<Record<string, string>>;
  readonly ofPods: boolean;
}

/** The ends of paths that contain the name of an object of a kind, where no `kind` beside the name says so. */
const NAMES: Readonly<Record<string, RegExp>> = {
  ConfigMap: /(^|\.)(configMapRef\.name|configMapKeyRef\.name|configMap\.name)$/,
  Secret:
    /(^|\.)(secretRef\.name|secretKeyRef\.name|secret\.name|secretName|imagePullSecrets\.name|secrets\.name|authSecret)$/,
  PersistentVolumeClaim: /(^|\.)claimName$/,
  ServiceAccount: /(^|\.)serviceAccountName$/,
  Service: /(^|\.)(service\.name|serviceName|(stable|canary|active|preview)Service|services\.name|weighted\.name)$/,
  Node: /^spec\.nodeName$/,
};

export function referredBy(object: ApiObject): Referred {
  const { name, uid, labels = {} } = metaOf(object);
  const template = textRecord(recordAt(object, 'spec', 'template', 'metadata', 'labels'));
  const ofPods = Object.keys(template).length > 0;
  return { kind: String(object['kind']), name, uid, labels: ofPods ? template : labels, ofPods };
}

/** How an object refers to another one, as the end of a sentence. Undefined if it does not. */
export function referenceTo(target: Referred, object: ApiObject): string | undefined {
  const owned = (metaOf(object).ownerReferences ?? []).some(({ uid }) => uid === target.uid);
  if (owned) return 'is owned by it';
  if (selects(object, target)) return target.ofPods ? 'selects its pods' : 'selects it';
  const path = pathTo(target, object['spec'], 'spec', undefined);
  return path === undefined ? undefined : `names it in ${path}`;
}

function selects(object: ApiObject, { kind, labels, ofPods }: Referred): boolean {
  if (!ofPods && kind !== 'Pod') return false;
  const selector = recordAt(object, 'spec', 'selector');
  const wanted = Object.entries(textRecord(isRecord(selector['matchLabels']) ? selector['matchLabels'] : selector));
  // A workload selects pods of its own, and these have it as their owner.
  const isWorkload = recordsAt(object, 'spec', 'template', 'spec', 'containers').length > 0;
  return !isWorkload && wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}

/** The path of a field with the name of the target, without the positions in lists. */
function pathTo(target: Referred, value: unknown, path: string, around: unknown): string | undefined {
  if (typeof value === 'string') return value === target.name && isName(target, path, around) ? path : undefined;
  const inner: readonly (readonly [string, unknown])[] = Array.isArray(value)
    ? value.map((item: unknown) => [path, item] as const)
    : isRecord(value)
      ? Object.entries(value).map(([key, item]) => [`${path}.${key}`, item] as const)
      : [];
  for (const [where, item] of inner) {
    const found = pathTo(target, item, where, value);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isName({ kind }: Referred, path: string, around: unknown): boolean {
  const beside = path.endsWith('.name') ? textAt(around, 'kind') : undefined;
  return beside === undefined ? (NAMES[kind]?.test(path) ?? false) : beside === kind;
}

/** The entries of a record that are texts. */
export function textRecord(value: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

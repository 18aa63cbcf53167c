import type { Caller } from '../access/caller.ts';
import { recordsAt, textAt, valueAt, type ApiObject } from '../cluster-objects/api-object.ts';
import { managersOf } from '../cluster-objects/managing-tool.ts';
import type { Target } from '../release/target.ts';
import { cleanText } from '../safe-text.ts';

/** The issuer of the identity for which updates of Rollouts start releases. Its subject is `<namespace>/<Rollout>`. */
export const UPDATE = 'update';

/** Who has written a pod template last, as managedFields says. A writer chooses this name, so it proves nothing. */
export interface FieldWriter {
  readonly manager: string;
  /** Time of its last write of the object, ISO 8601. */
  readonly at?: string;
}

/** Who writes a pod template. */
export interface TemplateSource {
  readonly writer?: FieldWriter;
  /** Tools that the labels and annotations name: "Argo CD Application shop". */
  readonly tools: readonly string[];
}

/** The update for which a release was started. */
export interface UpdateOrigin extends TemplateSource {
  /** Of the Rollout. */
  readonly uid: string;
  /** Argo's number of the version. */
  readonly revision: number;
  readonly podHash: string;
}

/**
 * The request id of an update. A version that comes a second time has a new revision, so each update has its own id,
 * and every worker makes the same one.
 */
export function updateRequest({ uid, revision, podHash }: Pick<UpdateOrigin, 'uid' | 'revision' | 'podHash'>): string {
  return `update-${uid}-${revision}-${podHash}`;
}

/** Who writes the pod template of a Rollout or of a Deployment. */
export function templateSource(object: ApiObject): TemplateSource {
  const writer = writerOf(object);
  const tools = managersOf(object)
    .filter(({ tool }) => tool !== 'controller')
    .map(({ tool, what }) => cleanText(`${tool} ${what}`, 200));
  return { ...(writer && { writer }), tools };
}

/**
 * Argo's controller writes the whole object back with its annotations, and thereby owns defaults in the template (tried
 * with Argo Rollouts 1.10.1). It begins no update.
 */
const CONTROLLER = 'rollouts-controller';

/** The newest of the managers that own a part of `spec.template`. */
function writerOf(object: ApiObject): FieldWriter | undefined {
  const owning = recordsAt(object, 'metadata', 'managedFields').filter(
    (entry) =>
      textAt(entry, 'manager') !== CONTROLLER && valueAt(entry, ['fieldsV1', 'f:spec', 'f:template']) !== undefined,
  );
  const times = owning.map((entry) => textAt(entry, 'time') ?? '');
  const newest = times.toSorted().at(-1);
  // Of equal times the last entry: the API server sorts the entries by time.
  const entry = owning[times.lastIndexOf(newest ?? '')];
  const manager = cleanText(textAt(entry, 'manager') ?? '', 80).trim();
  if (manager === '') return undefined;
  return { manager, ...(newest ? { at: cleanText(newest, 40) } : {}) };
}

/** The update in words, for people. */
export function originText({ revision, writer, tools = [] }: UpdateOrigin): string {
  const time = writer?.at === undefined ? '' : ` at ${writer.at}`;
  const by = writer ? `the field manager ${writer.manager}${time}` : 'an unknown field manager';
  const managed = tools.length > 0 ? `; it is managed by ${tools.join(' and ')}` : '';
  return `an update of the Rollout to its revision ${revision}, last written by ${by} (managedFields; the name is not proved)${managed}`;
}

/** The caller of the release of an update. The writer's name is a claim, so it is in names for people only. */
export function updateCaller({ namespace, rollout }: Target, { writer }: TemplateSource): Caller {
  const who = writer?.manager ?? 'unknown';
  const subject = `${namespace}/${rollout}`;
  const name = `update of ${subject} by ${who}`;
  return { id: `${UPDATE}:${who}`, kind: 'worker', identity: { kind: 'machine', issuer: UPDATE, subject, name } };
}

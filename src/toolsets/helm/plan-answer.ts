import { z } from 'zod';
import { cursorField } from '../../contract/cluster-object.ts';
import { differenceText } from '../../domain/cluster-objects/differences.ts';
import { textAt } from '../../domain/cluster-objects/api-object.ts';
import { fitted, sizeOf } from '../../domain/cluster-objects/fitted.ts';
import { chartText, releaseText } from '../../domain/helm/release.ts';
import { plural } from '../../domain/plural.ts';
import { VARIES, varyingPaths } from '../../domain/helm/stable-render.ts';
import { cursorText, readCursor } from '../../commands/objects/cursor.ts';
import { objectText } from '../../commands/objects/located.ts';
import { difference, managedBy, toManagedBy } from '../../commands/objects/write-answer.ts';
import type { ObjectPlan } from './object-plan.ts';
import type { HelmPlan } from './planned.ts';

const objectRow = z.strictObject({
  object: z.string(),
  what: z.enum(['create', 'change', 'delete', 'keep', 'gone', 'nothing', 'untried']),
  changes: z.array(difference).describe('From what is live; secrets are masked.'),
  drift: z.array(difference).describe('Changed by somebody since Helm wrote it: from what Helm wrote.'),
  warnings: z.array(z.string()),
  left_out: z.number().optional().describe('Number of further fields.'),
});
type ObjectRow = z.output<typeof objectRow>;
const head = z.strictObject({ revision: z.number(), chart: z.string(), status: z.string().optional() });

export const planPage = { cursor: cursorField };
export const planOutput = z.strictObject({
  action: z.string(),
  release: z.string(),
  from: head.optional(),
  to: head.optional(),
  values: z.array(difference).describe('Given values that change.'),
  objects: z.array(objectRow).describe('Objects that change, or that somebody has changed.'),
  unchanged: z.number(),
  hooks: z.array(z.string()).describe('They run during the action.'),
  crds: z.array(z.string()),
  managed_by: z.array(managedBy),
  warnings: z.array(z.string()),
  needs_reason: z.boolean().describe('Flux or Argo CD puts this back: the write needs reason.'),
  digest: z.string().describe('Pass it to helm_<action>, with the same arguments.'),
  left_out: z.array(z.string()),
  cursor: z.string().optional().describe('There are more objects: pass it for the next page.'),
});
export type PlanOutput = z.output<typeof planOutput>;

const MAX_ROW = 1500;
const MAX_ROWS = 4500;
const MAX_AROUND = 2300;

/** A plan as an answer. `cursor`: of an earlier page of the same plan. Errors: INVALID_INPUT for another one. */
export function toPlanOutput(action: string, plan: HelmPlan, cursor: string | undefined): PlanOutput {
  const { draft, objects, digest } = plan;
  const shown = objects.filter(({ what, drift }) => what !== 'nothing' || drift.length > 0);
  const list = `helm_plan ${digest}`;
  const from = readCursor(cursor, list).seen;
  const rows = fittingRows(shown.slice(from).map(rowOf));
  const around = fitted(aroundOf(plan), MAX_AROUND);
  const seen = from + rows.length;
  return {
    action,
    release: releaseText(draft.at),
    ...(draft.from && {
      from: { revision: draft.from.revision, chart: chartText(draft.from.chart), status: draft.from.status },
    }),
    ...(draft.to && { to: { revision: draft.to.revision, chart: chartText(draft.to.chart) } }),
    objects: rows,
    unchanged: objects.length - shown.length,
    needs_reason: plan.managers.some(({ reverts }) => reverts),
    digest,
    ...around.value,
    left_out: [...around.leftOut],
    ...(seen < shown.length ? { cursor: cursorText({ list, place: 0, seen }) } : {}),
  };
}

function aroundOf({ draft, values, managers }: HelmPlan) {
  return {
    values: values.map((one) => ({ ...one })),
    hooks: draft.hooks.map(({ kind, name, events }) => `${kind} ${name} (${events.join(', ')})`),
    crds: [...draft.crds],
    managed_by: managers.map(toManagedBy),
    warnings: [...draft.warnings, ...varying(draft.shape)],
  };
}

/** What nobody can plan: a random value that the chart makes anew. */
function varying(shape: unknown): readonly string[] {
  if (shape === VARIES) return ['The chart renders another number of objects each time, so these are not compared.'];
  const objects = Array.isArray(shape) ? (shape as unknown[]) : [];
  const paths = objects.flatMap((object) =>
    varyingPaths(object).map((path) => `${textAt(object, 'kind')} ${textAt(object, 'metadata', 'name')}: ${path}`),
  );
  if (paths.length === 0) return [];
  const shown = paths.slice(0, 5).join(', ');
  return [
    `The chart renders another value each time for ${shown}${paths.length > 5 ? ' and others' : ''}, so these are not compared.`,
  ];
}

function fittingRows(rows: readonly ObjectRow[]): ObjectRow[] {
  let bytes = MAX_ROWS;
  const count = rows.findIndex((row) => (bytes -= sizeOf(row) + 1) < 0);
  return rows.slice(0, count < 0 ? rows.length : Math.max(1, count));
}

function rowOf({ place, what, changes, drift, warnings }: ObjectPlan): ObjectRow {
  const all = what === 'create' || what === 'delete' ? [] : changes;
  const { value } = fitted(
    { changes: all.map((one) => ({ ...one })), drift: drift.map((one) => ({ ...one })) },
    MAX_ROW,
  );
  const more = all.length + drift.length - value.changes.length - value.drift.length;
  return {
    object: place.at ? objectText(place.at) : `${place.kind} ${place.name}`,
    what,
    ...value,
    warnings: [...warnings],
    ...(more > 0 ? { left_out: more } : {}),
  };
}

export function planLines(plan: PlanOutput): string {
  const { action, release, from, to, objects, unchanged, needs_reason: needsReason, digest, cursor } = plan;
  const revisions = [from, to].flatMap((one) => (one ? [`revision ${one.revision} (${one.chart})`] : []));
  return [
    `${action} ${release}: ${revisions.join(' → ')}`,
    ...plan.values.map((one) => `  value ${differenceText(one)}`),
    ...objects.flatMap(rowLines),
    ...(unchanged > 0 ? [`${plural(unchanged, 'object does', 'objects do')} not change.`] : []),
    ...(cursor === undefined ? [] : [`There are more objects: repeat the call with cursor "${cursor}".`]),
    ...plan.hooks.map((hook) => `hook ${hook}`),
    ...plan.crds.map((crd) => `CRD ${crd}`),
    ...plan.managed_by.map(({ tool, what, will_do: willDo }) => `Managed by ${tool} (${what}). ${willDo}`),
    ...plan.warnings,
    ...(plan.left_out.length > 0 ? [`Left out: ${plan.left_out.join('; ')}.`] : []),
    `Nothing was changed. To do it, call helm_${action} with the same arguments and digest "${digest}"${needsReason ? ' and a reason' : ''}.`,
  ].join('\n');
}

function rowLines({ object, what, changes, drift, warnings, left_out: more }: ObjectRow): readonly string[] {
  return [
    `${what} ${object}`,
    ...changes.map((one) => `  ${differenceText(one)}`),
    ...drift.map((one) => `  drift ${differenceText(one)}`),
    ...(more === undefined ? [] : [`  and ${more} further fields`]),
    ...warnings.map((warning) => `  ${warning}`),
  ];
}

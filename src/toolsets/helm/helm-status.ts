import { z } from 'zod';
import { helmReleaseFields, revision } from '../../contract/helm.ts';
import { parse } from '../../contract/parse.ts';
import { fitted } from '../../domain/cluster-objects/fitted.ts';
import { chartText, HELM_STATUSES, isHeld, type HelmRevision } from '../../domain/helm/release.ts';
import { plural } from '../../domain/plural.ts';
import { cleanText, maskSecrets } from '../../domain/safe-text.ts';
import type { Command } from '../../commands/command.ts';
import { problemLines, problemRow, readinessOf, type Readiness } from './readiness.ts';
import { renderedObjects } from './rendered.ts';
import { recordsOf, releaseAt, revisionOf } from './revisions.ts';

const input = z.strictObject({ ...helmReleaseFields, revision: revision.optional().describe('Default: the newest.') });
const output = z.strictObject({
  namespace: z.string(),
  name: z.string(),
  revision: z.number(),
  status: z.enum(HELM_STATUSES),
  updated: z.string(),
  description: z.string(),
  chart: z.string(),
  app_version: z.string(),
  objects: z.number(),
  ready: z.boolean().describe('Every object is there and ready.'),
  problems: z.array(problemRow),
  left_out: z.array(z.string()),
  next: z.string().optional(),
});
type Output = z.output<typeof output>;

const MAX_BYTES = 6500;

export const helmStatus: Command<typeof input, typeof output> = {
  name: 'helm_status',
  title: 'State of a release of Helm, and why it is not ready',
  description:
    'Status of a release, and which of its objects are missing or not ready, with the reason of their pods (image pull, quota, probe, pending). A release that an operation still holds is named.',
  kind: 'read',
  idempotent: true,
  toolset: 'helm',
  input,
  output,
  examples: [{ title: 'Is site ready?', input: { namespace: 'shop', name: 'site' } }],
  check: (raw) => parse(input, raw ?? {}),
  async run(context, asked) {
    const at = await releaseAt(context, asked);
    const found = await revisionOf(context, at, await recordsOf(context, at), asked.revision);
    const objects = found.status === 'uninstalled' ? [] : renderedObjects(found.manifest);
    return toAnswer(found, await readinessOf(context, at, objects));
  },
  text: ({ namespace, name, revision: number, status, chart, objects, ready, problems, description, next }) =>
    [
      `${namespace}/${name}: revision ${number} of ${chart} is ${status}. ${description}`,
      ready
        ? `Every object is there and ready: ${objects}.`
        : `Not ready: ${problems.length} of ${plural(objects, 'object')}.`,
      ...problems.flatMap(problemLines).map((line) => `  ${line}`),
      ...(next === undefined ? [] : [next]),
    ].join('\n'),
};

function toAnswer(found: HelmRevision, { total, problems }: Readiness): Output {
  const { value, leftOut } = fitted([...problems], MAX_BYTES);
  return {
    namespace: found.namespace,
    name: found.name,
    revision: found.revision,
    status: found.status,
    updated: found.updated.slice(0, 19),
    description: maskSecrets(cleanText(found.description, 600)),
    chart: chartText(found.chart),
    app_version: cleanText(found.chart.appVersion, 100),
    objects: total,
    ready: problems.length === 0,
    problems: value,
    left_out: leftOut.map((one) => one.replace(/^[.:]?\s*/, 'problems: ')),
    ...nextOf(found),
  };
}

function nextOf({ status }: HelmRevision): { readonly next?: string } {
  if (isHeld(status))
    return {
      next: 'An operation of Helm holds this release. If nobody runs it any more, call helm_plan with the action unlock, then helm_unlock.',
    };
  return status === 'failed'
    ? { next: 'Call helm_history for the earlier revisions, then helm_plan with the action rollback.' }
    : {};
}

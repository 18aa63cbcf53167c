import { z } from 'zod';
import { objectFields } from '../../contract/cluster-object.ts';
import { recordAt } from '../../domain/cluster-objects/api-object.ts';
import { sorted } from '../../domain/cluster-objects/differences.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { Action } from '../../commands/objects/draft.ts';
import { drafted, requireRolled } from '../../commands/objects/drafted.ts';
import { objectText } from '../../commands/objects/located.ts';
import { revisionsOf, type TemplateRevision } from './revisions.ts';
import { writeCommand } from '../../commands/objects/write-command.ts';
import { K8S } from './write-tools.ts';

const fields = z.strictObject({
  ...objectFields,
  revision: z.int().min(1).optional().describe('As k8s_rollout_history has it. Default: the newest other one.'),
});

export const rolloutUndo: Action<typeof fields> = {
  name: 'rollout_undo',
  fields,
  draft: (context, { revision, ...asked }) =>
    drafted(context, asked, async (before, at) => {
      requireRolled(at);
      const revisions = await revisionsOf(context, at, before);
      const present = text(recordAt(before, 'spec', 'template'));
      const wanted = revisions.find((one) =>
        revision === undefined ? text(one.template) !== present : one.revision === revision,
      );
      if (!wanted) throw noRevision(objectText(at), revisions, revision);
      return { how: 'json', operations: [{ op: 'replace', path: '/spec/template', value: wanted.template }] };
    }),
};

const text = (template: unknown): string => JSON.stringify(sorted(template));

function noRevision(what: string, revisions: readonly TemplateRevision[], asked: number | undefined): SluiceError {
  const known = revisions.map(({ revision }) => revision).join(', ') || 'none';
  return new SluiceError(
    'NOT_APPLICABLE',
    `${what} has no ${asked === undefined ? 'other revision to go back to' : `revision ${asked}`}. Kept revisions: ${known}.`,
    { next: 'Call k8s_rollout_history, or set the image with k8s_set_image.' },
  );
}

export const k8sRolloutUndo = writeCommand(K8S, rolloutUndo, {
  title: 'Put back a former template',
  description:
    'Puts a former pod template of a Deployment, StatefulSet, DaemonSet or Rollout back, as k8s_plan has shown it.',
  kind: 'write',
  positional: ['kind', 'name'],
  example: {
    title: 'Back to revision 1',
    input: { kind: 'deployments', namespace: 'shop', name: 'shop', revision: 1, digest: '0123456789abcdef' },
  },
});

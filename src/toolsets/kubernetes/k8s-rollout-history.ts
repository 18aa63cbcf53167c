import { z } from 'zod';
import { objectFields } from '../../contract/cluster-object.ts';
import { parse } from '../../contract/parse.ts';
import { cleanText } from '../../domain/safe-text.ts';
import type { Command } from '../../commands/command.ts';
import { requireRolled } from '../../commands/objects/drafted.ts';
import { identityOf, located } from '../../commands/objects/located.ts';
import { revisionsOf } from './revisions.ts';

const input = z.strictObject(objectFields);
const output = z.strictObject({
  kind: z.string(),
  api_version: z.string(),
  namespace: z.string().optional(),
  name: z.string(),
  revisions: z
    .array(
      z.strictObject({
        revision: z.number(),
        kept_in: z.string(),
        created_at: z.string(),
        images: z.array(z.string()),
        cause: z.string().optional(),
      }),
    )
    .describe('Newest first.'),
});

export const k8sRolloutHistory: Command<typeof input, typeof output> = {
  name: 'k8s_rollout_history',
  title: 'Former templates of a workload',
  description:
    'The revisions of a Deployment, StatefulSet, DaemonSet or Rollout that the cluster keeps, newest first, with images and cause.',
  kind: 'read',
  idempotent: true,
  toolset: 'kubernetes',
  prefix: 'k8s',
  positional: ['kind', 'name'],
  input,
  output,
  examples: [{ title: 'Revisions of shop', input: { kind: 'deployments', namespace: 'shop', name: 'shop' } }],
  check: (raw) => parse(input, raw ?? {}),
  async run(context, asked) {
    const at = await located(context, asked);
    requireRolled(at);
    const revisions = await revisionsOf(context, at, await context.ports.clusterObjects.read(at));
    return {
      ...identityOf(at),
      revisions: revisions.map(({ revision, name, createdAt, images, cause }) => ({
        revision,
        kept_in: name,
        created_at: createdAt,
        images: images.map((image) => cleanText(image, 500)),
        ...(cause === undefined ? {} : { cause: cleanText(cause, 300) }),
      })),
    };
  },
  text: ({ revisions }) =>
    revisions.length === 0
      ? 'No revision is kept.'
      : revisions
          .map(
            ({ revision, images, created_at: at, cause }) =>
              `${revision}  ${at}  ${images.join(', ')}${cause ? `  ${cause}` : ''}`,
          )
          .join('\n'),
};

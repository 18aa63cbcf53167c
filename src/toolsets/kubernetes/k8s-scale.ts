import { z } from 'zod';
import { objectFields } from '../../contract/cluster-object.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { Action } from '../../commands/objects/draft.ts';
import { drafted } from '../../commands/objects/drafted.ts';
import { objectText } from '../../commands/objects/located.ts';
import { writeCommand } from '../../commands/objects/write-command.ts';
import { K8S } from './write-tools.ts';

const fields = z.strictObject({
  ...objectFields,
  replicas: z.int().min(0).max(10_000).describe('Number of pods.'),
});

export const scale: Action<typeof fields> = {
  name: 'scale',
  fields,
  draft: (context, { replicas, ...asked }) =>
    drafted(context, asked, (_, at) => {
      if (at.kind.subresources.includes('scale')) return { how: 'merge', patch: { spec: { replicas } } };
      throw new SluiceError('NOT_APPLICABLE', `${objectText(at)} has no number of pods.`, {
        next: 'Name a Deployment, StatefulSet, ReplicaSet, Rollout or another kind with the subresource scale.',
      });
    }),
};

export const k8sScale = writeCommand(K8S, scale, {
  title: 'Scale a workload',
  description:
    'Sets the number of pods of a Deployment, StatefulSet, Rollout or another kind that can be scaled, as k8s_plan has shown it.',
  kind: 'write',
  positional: ['kind', 'name'],
  example: {
    title: 'Three pods of shop',
    input: { kind: 'deployments', namespace: 'shop', name: 'shop', replicas: 3, digest: '0123456789abcdef' },
  },
});

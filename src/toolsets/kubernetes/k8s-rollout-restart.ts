import { z } from 'zod';
import { objectFields } from '../../contract/cluster-object.ts';
import type { Action } from '../../commands/objects/draft.ts';
import { drafted, requireRolled } from '../../commands/objects/drafted.ts';
import { writeCommand } from '../../commands/objects/write-command.ts';
import { K8S } from './write-tools.ts';

const fields = z.strictObject(objectFields);
/** kubectl writes the same annotation. */
const RESTARTED = 'kubectl.kubernetes.io/restartedAt';

export const rolloutRestart: Action<typeof fields> = {
  name: 'rollout_restart',
  fields,
  draft: (context, asked) =>
    drafted(context, asked, (_, at) => {
      requireRolled(at);
      const now = new Date(context.ports.now()).toISOString().replace(/\.\d+Z$/, 'Z');
      // Argo Rollouts restarts pods without a new version of the template.
      if (at.kind.kind === 'Rollout') return { how: 'merge', patch: { spec: { restartAt: now } } };
      return { how: 'merge', patch: { spec: { template: { metadata: { annotations: { [RESTARTED]: now } } } } } };
    }),
};

export const k8sRolloutRestart = writeCommand(K8S, rolloutRestart, {
  title: 'Restart the pods of a workload',
  description:
    'Replaces all pods of a Deployment, StatefulSet, DaemonSet or Rollout one after the other, with the same template.',
  kind: 'write',
  positional: ['kind', 'name'],
  example: {
    title: 'Restart shop',
    input: { kind: 'deployments', namespace: 'shop', name: 'shop', digest: '0123456789abcdef' },
  },
});

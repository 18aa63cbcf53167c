import { schedulingAction } from './schedulable.ts';
import { writeCommand } from '../../commands/objects/write-command.ts';
import { K8S } from './write-tools.ts';

export const uncordon = schedulingAction('uncordon', false);

export const k8sUncordon = writeCommand(K8S, uncordon, {
  title: 'Let new pods onto a node',
  description:
    'New pods may be placed on the node again, as k8s_plan has shown it. Pods that are elsewhere stay there.',
  kind: 'write',
  // A node serves every namespace.
  needs: 'admin',
  positional: ['name'],
  example: { title: 'The node worker-1', input: { name: 'worker-1', digest: '0123456789abcdef' } },
});

import { schedulingAction } from './schedulable.ts';
import { writeCommand } from '../../commands/objects/write-command.ts';
import { K8S } from './write-tools.ts';

export const cordon = schedulingAction('cordon', true);

export const k8sCordon = writeCommand(K8S, cordon, {
  title: 'Keep new pods off a node',
  description: 'No new pods are placed on the node, as k8s_plan has shown it. The pods on it stay.',
  kind: 'write',
  // A node serves every namespace.
  needs: 'admin',
  positional: ['name'],
  example: { title: 'The node worker-1', input: { name: 'worker-1', digest: '0123456789abcdef' } },
});

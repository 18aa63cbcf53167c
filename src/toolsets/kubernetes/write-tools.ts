import type { WriteTools } from '../../commands/objects/write-command.ts';

export const K8S: WriteTools = {
  toolset: 'kubernetes',
  prefix: 'k8s',
  follow: 'Call k8s_rollout_status for a workload, or k8s_describe for another object.',
};

import { metadataAction } from './metadata-change.ts';
import { writeCommand } from '../../commands/objects/write-command.ts';
import { K8S } from './write-tools.ts';

export const label = metadataAction('label', 'labels');

export const k8sLabel = writeCommand(K8S, label, {
  title: 'Set or remove labels',
  description:
    'Sets and removes labels of one object, as k8s_plan has shown it. Selectors may match it differently then.',
  kind: 'write',
  positional: ['kind', 'name'],
  example: {
    title: 'A label of shop',
    input: {
      kind: 'deployments',
      namespace: 'shop',
      name: 'shop',
      values: { tier: 'front' },
      digest: '0123456789abcdef',
    },
  },
});

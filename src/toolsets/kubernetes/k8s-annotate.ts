import { metadataAction } from './metadata-change.ts';
import { writeCommand } from '../../commands/objects/write-command.ts';
import { K8S } from './write-tools.ts';

export const annotate = metadataAction('annotate', 'annotations');

export const k8sAnnotate = writeCommand(K8S, annotate, {
  title: 'Set or remove annotations',
  description: 'Sets and removes annotations of one object, as k8s_plan has shown it. Marks of releases are refused.',
  kind: 'write',
  positional: ['kind', 'name'],
  example: {
    title: 'An annotation of shop',
    input: {
      kind: 'deployments',
      namespace: 'shop',
      name: 'shop',
      values: { 'example.com/owner': 'team-a' },
      digest: '0123456789abcdef',
    },
  },
});

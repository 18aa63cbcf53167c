import { z } from 'zod';
import { anyObjectName, objectFields } from '../../contract/cluster-object.ts';
import type { Action } from '../../commands/objects/draft.ts';
import { containerPointer, drafted } from '../../commands/objects/drafted.ts';
import { writeCommand } from '../../commands/objects/write-command.ts';
import { K8S } from './write-tools.ts';

const fields = z.strictObject({
  ...objectFields,
  image: z
    .string()
    .regex(/^[a-zA-Z0-9][\w./:@-]{0,500}$/, 'must be an image, as in registry.example/web:v2')
    .describe('The new image.'),
  container: anyObjectName.optional().describe('Needed if there is more than one.'),
});

export const setImage: Action<typeof fields> = {
  name: 'set_image',
  fields,
  draft: (context, { image, container, ...asked }) =>
    drafted(context, asked, (before, at) => ({
      how: 'json',
      operations: [{ op: 'add', path: `${containerPointer(before, at, container)}/image`, value: image }],
    })),
};

export const k8sSetImage = writeCommand(K8S, setImage, {
  title: 'Set the image of a container',
  description:
    'Sets the image of one container of a pod template, as k8s_plan has shown it. Nothing judges the new version: release_start does that.',
  kind: 'write',
  positional: ['kind', 'name'],
  example: {
    title: 'Version 2 of shop',
    input: {
      kind: 'deployments',
      namespace: 'shop',
      name: 'shop',
      image: 'registry.example/web:v2',
      digest: '0123456789abcdef',
    },
  },
});

import { z } from 'zod';
import { objectName, placeFields } from '../../contract/place.ts';
import type { Action } from '../../commands/objects/draft.ts';
import { writeCommand } from '../../commands/objects/write-command.ts';
import { settledToRollout } from './settled.ts';
import { readSurroundings } from './surroundings.ts';
import { toRollout } from './to-rollout.ts';
import { waitField } from './waited.ts';
import { ascends, DEFAULT_WEIGHTS } from '../../domain/argo-strategies.ts';
import { CONVERT } from './write-tools.ts';

const fields = z.strictObject({
  ...placeFields,
  name: objectName.describe('Name of the Deployment.'),
  service: objectName
    .optional()
    .describe('Service whose requests are divided. Default: the only one that an IngressRoute leads to.'),
  weights: z
    .array(z.int().min(1).max(100))
    .min(1)
    .max(50)
    .refine(ascends, 'must ascend')
    .optional()
    .describe('Percent, ascending; the Rollout waits after each. Default 5, 10, 25, 50.'),
  wait: waitField,
});

export const deployment: Action<typeof fields> = {
  name: 'deployment',
  fields,
  inOrder: true,
  async draft(context, { service, weights = DEFAULT_WEIGHTS, wait: _, ...asked }) {
    return toRollout(context, await readSurroundings(context, asked), { service, weights });
  },
  settled: settledToRollout,
  next: ({ namespace, name }) =>
    `Call release_plan with target ${namespace}/${name} and image "<new image>". convert_back undoes the conversion.`,
};

export const convertDeployment = writeCommand(CONVERT, deployment, {
  title: 'Make a Rollout of a Deployment',
  description:
    'Makes a Rollout of a Deployment behind Traefik without losing a request, as convert_plan has shown it: a canary Service, a weighted TraefikService, a Rollout with workloadRef. Then the routes move, and the Deployment is scaled to 0. Each step waits for the one before. After an interruption a new plan goes on.',
  kind: 'write',
  example: {
    title: 'The Deployment web',
    input: { namespace: 'shop', name: 'web', weights: [10, 50], digest: '0123456789abcdef' },
  },
});

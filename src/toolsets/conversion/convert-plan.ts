import { planCommand } from '../../commands/objects/plan-command.ts';
import { back } from './convert-back.ts';
import { deployment } from './convert-deployment.ts';
import { CONVERT } from './write-tools.ts';

export const convertPlan = planCommand(CONVERT, [deployment, back], {
  title: 'What a conversion would do',
  description:
    'Shows how a Deployment behind Traefik becomes a Rollout, or becomes a Deployment again: every object in the order of the writes, each field that changes, and who manages it. It changes nothing. Its digest is needed for the conversion.',
  example: {
    title: 'Before a Deployment becomes a Rollout',
    input: { action: 'deployment', namespace: 'shop', name: 'web', weights: [10, 50] },
  },
});

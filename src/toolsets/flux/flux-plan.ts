import { planCommand } from '../../commands/objects/plan-command.ts';
import { reconcile } from './flux-reconcile.ts';
import { resume } from './flux-resume.ts';
import { suspend } from './flux-suspend.ts';
import { FLUX } from './write-tools.ts';

export const fluxPlan = planCommand(FLUX, [reconcile, suspend, resume], {
  title: 'What a change of Flux objects would do',
  description:
    'Tries a request, a suspension or its end on the API server without doing it: the right, each field that would change, and what applies the object. Its digest is needed for the change.',
  example: {
    title: 'Before a suspension',
    input: { action: 'suspend', kind: 'kustomizations', namespace: 'shop', name: 'apps', reason: 'a repair by hand' },
  },
});

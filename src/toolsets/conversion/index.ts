import type { Toolset } from '../../commands/toolset.ts';
import { convertBack } from './convert-back.ts';
import { convertDeployment } from './convert-deployment.ts';
import { convertPlan } from './convert-plan.ts';
import { rights } from './rights.ts';

export const conversion: Toolset = {
  name: 'conversion',
  alias: 'convert',
  onRequest: true,
  about: 'Make a Rollout of a plain Deployment behind Traefik, and a Deployment again',
  guidance:
    'A release needs a Rollout. The tools convert_* make one of a Deployment that Traefik reaches by an IngressRoute, once, and undo that. Each has two calls: convert_plan shows every object in the order of the writes and gives a digest; the write takes the same arguments with that digest. After an interruption a new plan goes on.',
  commands: [convertPlan, convertDeployment, convertBack],
  rights,
  resources: [],
  prompts: [],
  checks: {},
  settings: {},
};

import type { Toolset } from '../../commands/toolset.ts';
import { deliveryBuild } from './delivery-build.ts';
import { deliveryDeploy } from './delivery-deploy.ts';
import { deliveryDeployPlan } from './delivery-deploy-plan.ts';
import { deliveryOnboard } from './delivery-onboard.ts';
import { deliveryPlan } from './delivery-plan.ts';
import { deliveryRender } from './delivery-render.ts';
import { rights } from './rights.ts';
import { settings } from './settings.ts';

export const delivery: Toolset = {
  name: 'delivery',
  onRequest: true,
  about:
    'Turn a Git repository into a deployment: detect, plan, write its files, build its image, and deploy a first version',
  guidance:
    'delivery_plan reads a Git repository and shows what its service becomes, with a digest; delivery_onboard takes the same arguments with that digest and writes one commit on a branch. Nothing of the repository runs there; delivery_build runs its Dockerfile. delivery_deploy_plan and delivery_deploy create the first version in a cluster; a later version is a release (release_start). A refusal names the field that decides. Credentials are never arguments: SLUICE_GIT_CREDENTIALS names where they are.',
  commands: [deliveryPlan, deliveryOnboard, deliveryRender, deliveryBuild, deliveryDeployPlan, deliveryDeploy],
  rights,
  resources: [],
  prompts: [],
  checks: {},
  settings,
};

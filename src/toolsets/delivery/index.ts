import type { Toolset } from '../../commands/toolset.ts';
import { deliveryBuild } from './delivery-build.ts';
import { deliveryDeploy } from './delivery-deploy.ts';
import { deliveryDeployPlan } from './delivery-deploy-plan.ts';
import { deliveryGet } from './delivery-get.ts';
import { deliveryList } from './delivery-list.ts';
import { deliveryOnboard } from './delivery-onboard.ts';
import { deliveryPlan } from './delivery-plan.ts';
import { deliveryRender } from './delivery-render.ts';
import { deliveryStart } from './delivery-start.ts';
import { rights } from './rights.ts';
import { settings } from './settings.ts';
import { deliveryCancel, deliveryRetry } from './steering.ts';

export const delivery: Toolset = {
  name: 'delivery',
  onRequest: true,
  about:
    'Turn a Git repository into a released service: detect, plan, write its files, build, check and push its image, deploy and release it',
  guidance:
    'delivery_plan reads a Git repository and shows what its service becomes, with a digest. delivery_start takes the same arguments with that digest and does everything in one durable delivery, which delivery_get follows; when a step fails, correct the cause and call delivery_retry. The other tools do one step each: delivery_onboard writes one commit on a branch, delivery_build builds and pushes, delivery_deploy_plan and delivery_deploy create the first version in a cluster; a later version is a release (release_start). A refusal names the field that decides. Credentials are never arguments: SLUICE_GIT_CREDENTIALS names where they are.',
  commands: [
    deliveryPlan,
    deliveryStart,
    deliveryGet,
    deliveryList,
    deliveryRetry,
    deliveryCancel,
    deliveryOnboard,
    deliveryRender,
    deliveryBuild,
    deliveryDeployPlan,
    deliveryDeploy,
  ],
  rights,
  resources: [],
  prompts: [],
  checks: {},
  settings,
};

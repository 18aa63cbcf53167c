import type { Toolset } from '../../commands/toolset.ts';
import { argoAbortRollout } from './argo-abort-rollout.ts';
import { argoCreateRollout } from './argo-create-rollout.ts';
import { argoDeleteRollout } from './argo-delete-rollout.ts';
import { argoGetRolloutHistory } from './argo-get-rollout-history.ts';
import { argoGetRolloutStatus } from './argo-get-rollout-status.ts';
import { argoListRollouts } from './argo-list-rollouts.ts';
import { argoPauseRollout } from './argo-pause-rollout.ts';
import { argoPromoteRollout } from './argo-promote-rollout.ts';
import { argoResumeRollout } from './argo-resume-rollout.ts';
import { argoSetAnalysisTemplate } from './argo-set-analysis-template.ts';
import { argoSkipAnalysisPromote } from './argo-skip-analysis-promote.ts';
import { argoUpdateRolloutImage } from './argo-update-rollout-image.ts';
import { progressiveCanary } from './prompts/progressive-canary.ts';
import { emergencyRollback } from './prompts/emergency-rollback.ts';
import { rollouts } from './resources/rollouts.ts';
import { templates } from './resources/templates.ts';
import { checks } from './checks.ts';
import { rights } from './rights.ts';

export const argo: Toolset = {
  name: 'argo',
  onRequest: true,
  about: 'Read and steer single Rollouts, beside releases and without Temporal',
  guidance:
    'The tools argo_* read, make and steer single Rollouts: for looking, for setting up, for experiments without a release, and for emergencies. Each does one thing at once, and nothing watches afterwards. They work without Temporal. A write to a Rollout that a running release owns becomes that release’s command, or is refused with its id. Argo itself writes the weights of a canary: argo_promote_rollout moves them.',
  commands: [
    argoCreateRollout,
    argoGetRolloutStatus,
    argoListRollouts,
    argoDeleteRollout,
    argoUpdateRolloutImage,
    argoGetRolloutHistory,
    argoPromoteRollout,
    argoAbortRollout,
    argoPauseRollout,
    argoResumeRollout,
    argoSetAnalysisTemplate,
    argoSkipAnalysisPromote,
  ],
  rights,
  resources: [rollouts, templates],
  prompts: [progressiveCanary, emergencyRollback],
  checks,
  settings: {},
};

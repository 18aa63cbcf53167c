import type { Command } from '../../commands/command.ts';
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

/** The tools of the toolset `argo`, in the order in which doors list them. */
export const ARGO_COMMANDS: readonly Command[] = [
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
];

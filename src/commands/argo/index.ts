import type { Command } from '../command.ts';
import { argoGetRolloutStatus } from './argo-get-rollout-status.ts';

/** The tools of the toolset `argo`, in the order in which doors list them. */
export const ARGO_COMMANDS: readonly Command[] = [
  argoGetRolloutStatus,
];

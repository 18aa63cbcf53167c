import type { Command } from '../../commands/command.ts';
import { releaseAbort } from './release-abort.ts';
import { releaseApprove } from './release-approve.ts';
import { releaseGet } from './release-get.ts';
import { releaseList } from './release-list.ts';
import { releasePause } from './release-pause.ts';
import { releasePlan } from './release-plan.ts';
import { releasePromote } from './release-promote.ts';
import { releaseReject } from './release-reject.ts';
import { releaseReport } from './release-report.ts';
import { releaseResume } from './release-resume.ts';
import { releaseSkipAnalysis } from './release-skip-analysis.ts';
import { releaseStart } from './release-start.ts';
import { releaseWait } from './release-wait.ts';

/** The tools of the toolset `release`, in the order in which doors list them. */
export const RELEASE_COMMANDS: readonly Command[] = [
  releasePlan,
  releaseStart,
  releaseList,
  releaseGet,
  releaseWait,
  releaseReport,
  releasePause,
  releaseResume,
  releasePromote,
  releaseAbort,
  releaseSkipAnalysis,
  releaseApprove,
  releaseReject,
];

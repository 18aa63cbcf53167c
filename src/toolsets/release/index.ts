import type { Toolset } from '../../commands/toolset.ts';
import { releaseGet } from './release-get.ts';
import { releaseList } from './release-list.ts';
import { releasePlan } from './release-plan.ts';
import { releaseRecover } from './release-recover.ts';
import { releaseReport } from './release-report.ts';
import { releaseRollback } from './release-rollback.ts';
import { releaseSchedule } from './release-schedule.ts';
import { releaseStart } from './release-start.ts';
import { releaseWait } from './release-wait.ts';
import { releasePrompt } from './prompts/release.ts';
import { releases } from './resources/releases.ts';
import { reports, reportPages } from './resources/reports.ts';
import { examples } from './resources/examples.ts';
import { steering } from './steering.ts';
import { checks } from './checks.ts';
import { rights } from './rights.ts';
import { settings } from './settings.ts';

export const release: Toolset = {
  name: 'release',
  about:
    'Plan, start, follow and steer releases: Temporal workflows that shift, judge, promote and roll back by themselves',
  guidance:
    'A release (release_*) is a durable workflow that shifts traffic step by step, judges each step by its metrics, and rolls back a bad version, also when you are gone. It is the way to bring out a new version: release_plan (checks, changes nothing) → release_start (returns a release_id at once) → release_wait again and again with the returned cursor, until the release ends or needs somebody → release_promote, release_approve or release_abort when it asks. Only a passing verdict advances it; no data is not a pass. A command to a release answers applied, accepted (still to come: wait for it) or refused (it will not act).',
  commands: [
    releasePlan,
    releaseStart,
    releaseList,
    releaseGet,
    releaseWait,
    releaseReport,
    ...steering,
    releaseRecover,
    releaseRollback,
    releaseSchedule,
  ],
  rights,
  resources: [releases, reports, reportPages, examples],
  prompts: [releasePrompt],
  checks,
  settings,
};

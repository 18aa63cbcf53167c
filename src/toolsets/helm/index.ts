import type { Toolset } from '../../commands/toolset.ts';
import { checks } from './checks.ts';
import { helmGet } from './helm-get.ts';
import { helmHistory } from './helm-history.ts';
import { helmInstall } from './helm-install.ts';
import { helmLint } from './helm-lint.ts';
import { helmList } from './helm-list.ts';
import { helmPlan } from './helm-plan.ts';
import { helmRepoAdd } from './helm-repo-add.ts';
import { helmRepoList } from './helm-repo-list.ts';
import { helmRepoRemove } from './helm-repo-remove.ts';
import { helmRepoUpdate } from './helm-repo-update.ts';
import { helmRollback } from './helm-rollback.ts';
import { helmSearchRepo } from './helm-search-repo.ts';
import { helmShow } from './helm-show.ts';
import { helmStatus } from './helm-status.ts';
import { helmTemplate } from './helm-template.ts';
import { helmTest } from './helm-test.ts';
import { helmUninstall } from './helm-uninstall.ts';
import { helmUnlock } from './helm-unlock.ts';
import { helmUpgrade } from './helm-upgrade.ts';
import { rights } from './rights.ts';
import { settings } from './settings.ts';

export const helm: Toolset = {
  name: 'helm',
  onRequest: true,
  about: 'Releases of Helm: look, plan, install, upgrade, roll back and test, with charts and repositories',
  guidance:
    'The tools helm_* concern releases of Helm, which are other things than releases of Sluice (release_*). Answers are limited to 8,000 bytes and say what they left out: continue with cursor. Secrets are masked, also in values and rendered manifests. Values are YAML; there is no --set. A change has two calls: helm_plan renders it, shows each field that would change in the cluster and what somebody has changed since (drift), and gives a digest; helm_<action> takes the same arguments with that digest, is refused when something has moved since, and reads back what came of it. What a release of Sluice owns is refused; what Flux or Argo CD manages needs a reason. A release that is stuck in pending-upgrade is freed with the action unlock.',
  commands: [
    helmList,
    helmStatus,
    helmHistory,
    helmGet,
    helmShow,
    helmTemplate,
    helmLint,
    helmSearchRepo,
    helmPlan,
    helmInstall,
    helmUpgrade,
    helmRollback,
    helmUninstall,
    helmTest,
    helmUnlock,
    helmRepoList,
    helmRepoAdd,
    helmRepoUpdate,
    helmRepoRemove,
  ],
  rights,
  resources: [],
  prompts: [],
  checks,
  settings,
};

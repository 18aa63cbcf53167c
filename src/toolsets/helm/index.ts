import type { Toolset } from '../../commands/toolset.ts';
import { helmGet } from './helm-get.ts';
import { helmHistory } from './helm-history.ts';
import { helmLint } from './helm-lint.ts';
import { helmList } from './helm-list.ts';
import { helmRepoAdd } from './helm-repo-add.ts';
import { helmRepoList } from './helm-repo-list.ts';
import { helmRepoRemove } from './helm-repo-remove.ts';
import { helmRepoUpdate } from './helm-repo-update.ts';
import { helmSearchRepo } from './helm-search-repo.ts';
import { helmShow } from './helm-show.ts';
import { helmStatus } from './helm-status.ts';
import { helmTemplate } from './helm-template.ts';
import { rights } from './rights.ts';
import { settings } from './settings.ts';

export const helm: Toolset = {
  name: 'helm',
  onRequest: true,
  about: 'Releases of Helm: what they consist of, why they are not ready, charts and repositories',
  guidance:
    'The tools helm_* concern releases of Helm, which are other things than releases of Sluice (release_*). Answers are limited to 8,000 bytes and say what they left out: continue with cursor. Secrets are masked, also in values and rendered manifests. Values are YAML; there is no --set.',
  commands: [
    helmList,
    helmStatus,
    helmHistory,
    helmGet,
    helmShow,
    helmTemplate,
    helmLint,
    helmSearchRepo,
    helmRepoList,
    helmRepoAdd,
    helmRepoUpdate,
    helmRepoRemove,
  ],
  rights,
  resources: [],
  prompts: [],
  checks: {},
  settings,
};

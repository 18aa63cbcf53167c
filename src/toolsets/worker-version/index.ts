import type { Toolset } from '../../commands/toolset.ts';
import { checks } from './checks.ts';
import { workerVersionActivate } from './worker-version-activate.ts';
import { workerVersionList } from './worker-version-list.ts';
import { workerVersionMove } from './worker-version-move.ts';

export const workerVersion: Toolset = {
  name: 'worker-version',
  onRequest: true,
  about: 'The builds of the worker: which of them takes new releases, and which releases still need an older one',
  guidance:
    'With SLUICE_WORKER_VERSIONING=pinned a release ends on the build of the worker that began it. worker_version_list says which builds still have open runs, and when the workers of an old build can be stopped.',
  commands: [workerVersionList, workerVersionActivate, workerVersionMove],
  rights: [],
  resources: [],
  prompts: [],
  checks,
  settings: {},
};

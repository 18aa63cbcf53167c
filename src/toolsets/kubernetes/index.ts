import type { Toolset } from '../../commands/toolset.ts';
import { k8sApiResources } from './k8s-api-resources.ts';
import { k8sContexts } from './k8s-contexts.ts';
import { k8sDescribe } from './k8s-describe.ts';
import { k8sEvents } from './k8s-events.ts';
import { k8sExplain } from './k8s-explain.ts';
import { k8sGet } from './k8s-get.ts';
import { k8sList } from './k8s-list.ts';
import { k8sLogs } from './k8s-logs.ts';
import { k8sTop } from './k8s-top.ts';
import { rights } from './rights.ts';

export const kubernetes: Toolset = {
  name: 'kubernetes',
  alias: 'k8s',
  onRequest: true,
  about: 'Look into a cluster: objects of every kind, with their owners, events and logs',
  guidance:
    'The tools k8s_* read objects of any kind live. `kind` is a name that the cluster serves (k8s_api_resources); one that fits several groups is refused with the candidates. Answers are limited to 8,000 bytes and say what they left out: continue with cursor, or read a part with field. Values of Secrets, and texts that look like a credential, are masked everywhere.',
  commands: [k8sList, k8sGet, k8sDescribe, k8sLogs, k8sEvents, k8sTop, k8sExplain, k8sApiResources, k8sContexts],
  rights,
  resources: [],
  prompts: [],
  checks: {},
  settings: {},
};

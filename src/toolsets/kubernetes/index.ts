import type { Toolset } from '../../commands/toolset.ts';
import { k8sApiResources } from './k8s-api-resources.ts';
import { k8sContexts } from './k8s-contexts.ts';
import { k8sDrain } from './k8s-drain.ts';
import { k8sDescribe } from './k8s-describe.ts';
import { k8sDiagnose } from './k8s-diagnose.ts';
import { k8sEvents } from './k8s-events.ts';
import { k8sExplain } from './k8s-explain.ts';
import { k8sGet } from './k8s-get.ts';
import { k8sList } from './k8s-list.ts';
import { k8sLogs } from './k8s-logs.ts';
import { k8sTop } from './k8s-top.ts';
import { k8sAnnotate } from './k8s-annotate.ts';
import { k8sApply } from './k8s-apply.ts';
import { k8sCordon } from './k8s-cordon.ts';
import { k8sDelete } from './k8s-delete.ts';
import { k8sLabel } from './k8s-label.ts';
import { k8sPatch } from './k8s-patch.ts';
import { k8sPlan } from './k8s-plan.ts';
import { k8sRolloutHistory } from './k8s-rollout-history.ts';
import { k8sRolloutRestart } from './k8s-rollout-restart.ts';
import { k8sRolloutStatus } from './k8s-rollout-status.ts';
import { k8sRolloutUndo } from './k8s-rollout-undo.ts';
import { k8sScale } from './k8s-scale.ts';
import { k8sSetImage } from './k8s-set-image.ts';
import { k8sUncordon } from './k8s-uncordon.ts';
import { k8sCp } from './k8s-cp.ts';
import { k8sExec } from './k8s-exec.ts';
import { k8sPortForward } from './k8s-port-forward.ts';
import { rights } from './rights.ts';
import { settings } from './settings.ts';

export const kubernetes: Toolset = {
  name: 'kubernetes',
  alias: 'k8s',
  onRequest: true,
  about: 'Look into a cluster and change it: objects of every kind, with their owners, events and logs',
  guidance:
    'The tools k8s_* read objects of any kind live. `kind` is a name that the cluster serves (k8s_api_resources); one that fits several groups is refused with the candidates. Answers are limited to 8,000 bytes and say what they left out: continue with cursor, or read a part with field. Values of Secrets, and texts that look like a credential, are masked everywhere. A change has two calls: k8s_plan shows each field that would change and who manages the object, and gives a digest; the write tool takes the same arguments with that digest, and is refused when the object has changed since. What a running release owns is refused. New versions with users belong to release_start.',
  commands: [
    k8sList,
    k8sGet,
    k8sDescribe,
    k8sDiagnose,
    k8sLogs,
    k8sEvents,
    k8sTop,
    k8sExplain,
    k8sApiResources,
    k8sContexts,
    k8sRolloutStatus,
    k8sRolloutHistory,
    k8sPlan,
    k8sApply,
    k8sPatch,
    k8sSetImage,
    k8sScale,
    k8sRolloutRestart,
    k8sRolloutUndo,
    k8sLabel,
    k8sAnnotate,
    k8sDelete,
    k8sCordon,
    k8sUncordon,
    k8sDrain,
  ],
  switched: [k8sExec, k8sCp],
  terminal: [k8sPortForward],
  rights,
  resources: [],
  prompts: [],
  checks: {},
  settings,
};

import { planCommand } from '../../commands/objects/plan-command.ts';
import type { Action } from '../../commands/objects/draft.ts';
import { annotate } from './k8s-annotate.ts';
import { apply } from './k8s-apply.ts';
import { cordon } from './k8s-cordon.ts';
import { remove } from './k8s-delete.ts';
import { drain } from './k8s-drain.ts';
import { label } from './k8s-label.ts';
import { patch } from './k8s-patch.ts';
import { rolloutRestart } from './k8s-rollout-restart.ts';
import { rolloutUndo } from './k8s-rollout-undo.ts';
import { scale } from './k8s-scale.ts';
import { setImage } from './k8s-set-image.ts';
import { uncordon } from './k8s-uncordon.ts';
import { K8S } from './write-tools.ts';

/** Every action that a plan can show. A new one is a file beside this one, and one line here. */
const ACTIONS: readonly Action[] = [
  patch,
  setImage,
  scale,
  rolloutRestart,
  rolloutUndo,
  label,
  annotate,
  remove,
  apply,
  cordon,
  uncordon,
  drain,
];

export const k8sPlan = planCommand(K8S, ACTIONS, {
  title: 'What a change would do',
  description:
    'Tries a change on the API server without doing it: whether the account may do it, each field that would change, who manages the object and what that manager does about it. Its digest is needed for the change.',
  example: {
    title: 'Three pods of shop',
    input: { action: 'scale', kind: 'deployments', namespace: 'shop', name: 'shop', replicas: 3 },
  },
});

import type { Toolset } from '../../commands/toolset.ts';
import { fluxDiagnose } from './flux-diagnose.ts';
import { fluxEvents } from './flux-events.ts';
import { fluxGet } from './flux-get.ts';
import { fluxGraph } from './flux-graph.ts';
import { fluxList } from './flux-list.ts';
import { fluxLogs } from './flux-logs.ts';
import { fluxPlan } from './flux-plan.ts';
import { fluxReconcile } from './flux-reconcile.ts';
import { fluxResume } from './flux-resume.ts';
import { fluxSuspend } from './flux-suspend.ts';
import { fluxTrace } from './flux-trace.ts';
import { rights } from './rights.ts';

export const flux: Toolset = {
  name: 'flux',
  onRequest: true,
  about: 'Look into the pipelines of Flux, trace objects to their sources, reconcile and suspend',
  guidance:
    'The tools flux_* read every kind of Flux that the cluster serves. Begin with flux_list and state failing. flux_diagnose names the cause of a failure. flux_trace goes from any object to its reconciler, source and commit, and from a source to what uses it. A change has two calls: flux_plan gives a digest, and flux_reconcile, flux_suspend or flux_resume take the same arguments with it. flux_reconcile is proved only when its own request is handled and the object is ready. What Flux applies is changed in its source; suspend it only with a reason, and resume it afterwards.',
  commands: [
    fluxList,
    fluxGet,
    fluxEvents,
    fluxLogs,
    fluxDiagnose,
    fluxTrace,
    fluxGraph,
    fluxPlan,
    fluxReconcile,
    fluxSuspend,
    fluxResume,
  ],
  rights,
  resources: [],
  prompts: [],
  checks: {},
  settings: {},
};

import type { TargetKind } from '../target-kind.ts';
import { createWorkload } from './workload.ts';

/** Targets of the kind `base` whose versions come from a chart of Helm (docs/adr/0044). */
export function helm(base: TargetKind): TargetKind {
  return {
    name: 'helm',
    place: base.place,
    workload: (clusters, systems, sources) =>
      createWorkload(base.workload(clusters, systems, sources), { clusters, ...sources }),
    tools: () => ({}),
  };
}

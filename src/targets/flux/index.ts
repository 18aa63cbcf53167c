import type { TargetKind } from '../target-kind.ts';
import { createWorkload } from './workload.ts';

/** Targets of the kind `base` whose versions come from a Git repository that Flux applies (docs/adr/0044). */
export function flux(base: TargetKind): TargetKind {
  return {
    name: 'flux',
    place: base.place,
    workload: (clusters, systems, sources) => createWorkload(base.workload(clusters, systems, sources), sources),
    tools: () => ({}),
  };
}

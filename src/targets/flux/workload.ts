import { SluiceError } from '../../domain/errors.ts';
import type { VersionSystems } from '../../ports/version-systems.ts';
import type { WorkloadPort } from '../../ports/workload.ts';
import { Setting } from './setting.ts';
import { planSource } from './source.ts';

/** The workload `base`, whose image a commit changes: Flux applies it, and a second commit takes it back. */
export function createWorkload(base: WorkloadPort, systems: VersionSystems): WorkloadPort {
  return {
    ...base,
    source: (spec) => planSource(base, systems, spec),
    async setImage(target, change, owner) {
      const { flux: plan, wait, container, to } = change;
      if (!plan || !wait) throw new SluiceError('INTERNAL', 'The plan of this release names no file in Git.');
      const fenced = await base.fence(target, owner);
      if ('refused' in fenced) return fenced;
      return new Setting({ base, systems, target, plan, wait, container, image: to, owner }).run();
    },
  };
}

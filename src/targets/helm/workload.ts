import { SluiceError } from '../../domain/errors.ts';
import type { WorkloadPort } from '../../ports/workload.ts';
import type { HelmSystems } from './records.ts';
import { Setting } from './setting.ts';
import { planSource } from './source.ts';

/**
 * The workload `base`, whose image Helm changes: by an upgrade to the new version, and by a rollback to the revision
 * before it. Helm cannot test the owner mark, so the mark is tested, and its epoch raised, just before Helm starts.
 */
export function createWorkload(base: WorkloadPort, systems: HelmSystems): WorkloadPort {
  return {
    ...base,
    source: (spec) => planSource(base, systems, spec),
    async setImage(target, change, owner) {
      const { helm: plan, container, from, to } = change;
      if (!plan) throw new SluiceError('INTERNAL', 'The plan of this release names no chart.');
      const fenced = await base.fence(target, owner);
      if ('refused' in fenced) return fenced;
      const setting = new Setting({ base, systems, target, plan, container, image: to });
      if (to === plan.image) return setting.upgrade();
      return (await setting.isUntouched()) ? base.setImage(target, { container, from, to }, owner) : setting.back();
    },
  };
}

import { SluiceError } from '../../domain/errors.ts';
import type { WriteResult } from '../../ports/workload.ts';
import type { ArmServices, TrafficRef } from '../../ports/split.ts';
import type { PatchOperation } from '../../adapters/kubernetes/cluster-client.ts';
import type { Decision } from '../../adapters/kubernetes/guarded-write.ts';
import type { TraefikService } from './schema.ts';
import { findArms, shareOf } from './traefik-service.ts';
import type { Arm } from './traefik-service.ts';

/** Errors: INVALID_INPUT if the weight is not a whole number from 0 to 100, or if both arms are one Service. */
export function requireWeight(arms: ArmServices, weight: number): void {
  if (!Number.isInteger(weight) || weight < 0 || weight > 100)
    throw new SluiceError('INVALID_INPUT', `A weight is a whole number from 0 to 100, not ${weight}.`);
  if (arms.stable === arms.candidate)
    throw new SluiceError('INVALID_INPUT', `Stable and candidate are the same Service, "${arms.stable}".`);
}

/** Changes the two weights only. Other entries, and fields such as nativeLB, stay. */
export function decideWeight(
  ref: TrafficRef,
  object: TraefikService,
  arms: ArmServices,
  weight: number,
): Decision<WriteResult> {
  const name = `TraefikService ${ref.namespace}/${ref.name}`;
  const { stable, candidate } = findArms(ref, object, arms);
  const split = `${arms.candidate} ${weight}, ${arms.stable} ${100 - weight}`;
  if (shareOf(candidate.entry) === weight && shareOf(stable.entry) === 100 - weight) {
    return { done: { changed: false, detail: `${name} already has ${split}` } };
  }
  return {
    patch: [...weightOperations(stable, 100 - weight), ...weightOperations(candidate, weight)],
    done: {
      changed: true,
      detail: `${name} set to ${split} (was ${shareOf(candidate.entry)} and ${shareOf(stable.entry)})`,
    },
  };
}

/** `add` also replaces, and an entry may have no weight yet. A test for null passes when the field is absent. */
function weightOperations({ index, entry }: Arm, weight: number): PatchOperation[] {
  const pointer = `/spec/weighted/services/${index}`;
  return [
    { op: 'test', path: `${pointer}/name`, value: entry.name },
    { op: 'test', path: `${pointer}/weight`, value: entry.weight ?? null },
    { op: 'add', path: `${pointer}/weight`, value: weight },
  ];
}

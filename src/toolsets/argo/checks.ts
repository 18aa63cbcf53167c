import { objectsFinding, type DoctorChecks } from '../../commands/doctor-check.ts';

/** One list request checks three things: the resource definition, the right to read, and whether there is a Rollout. */
export const checks: DoctorChecks = {
  ofCluster: [
    ({ ports }, place) => objectsFinding('Rollouts', place.namespace, () => ports.rolloutObjects.list(place)),
  ],
};

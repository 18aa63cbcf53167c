import {
  objectsFinding,
  type CheckedPlace,
  type CheckServices,
  type DoctorChecks,
} from '../../commands/doctor-check.ts';

/** One list request checks three things: the resource definition, the right to read, and whether there is a Rollout. */
export const checks: DoctorChecks = {
  ofCluster: [
    (services, place) =>
      objectsFinding(
        'Rollouts',
        place.namespace,
        () => services.ports.rolloutObjects.list(place),
        () => namespacesWithRollouts(services, place),
      ),
  ],
};

async function namespacesWithRollouts(
  { ports, settings: { allowedNamespaces: allowed } }: CheckServices,
  { cluster }: CheckedPlace,
): Promise<readonly string[]> {
  const rollouts = await ports.rolloutObjects.list({ cluster });
  const names = rollouts.map(({ target }) => target.namespace);
  return allowed.length === 0 ? names : names.filter((name) => allowed.includes(name));
}

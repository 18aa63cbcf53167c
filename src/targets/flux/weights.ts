import { metaOf, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { inventoryOf, isIn } from '../../domain/flux/inventory.ts';
import type { Check, ReleaseSpec } from '../../domain/release/plan.ts';
import type { RolloutState } from '../../domain/rollout.ts';
import type { VersionSystems } from '../../ports/version-systems.ts';

const POLICY = 'kustomize.toolkit.fluxcd.io/ssa';
/** With these values Flux does not write an object that exists. */
const LEAVES = ['IfNotPresent', 'Ignore'];

/** An object that Argo writes during a release. */
interface Written {
  readonly kind: string;
  readonly group: string;
  readonly name: string | undefined;
}

/**
 * Argo writes the weights of the TraefikService and the selectors of both Services. Flux puts them back at each
 * reconciliation, also in the middle of a release, if they are in Git.
 */
export async function weightFaults(
  systems: VersionSystems,
  { target }: ReleaseSpec,
  kustomization: ApiObject,
  { traefikService, stableService, candidateService }: RolloutState,
): Promise<readonly Check[]> {
  const { namespace } = target;
  const inventory = inventoryOf(kustomization) ?? [];
  const written: readonly Written[] = [
    { kind: 'TraefikService', group: 'traefik.io', name: traefikService },
    { kind: 'Service', group: '', name: stableService },
    { kind: 'Service', group: '', name: candidateService },
  ];
  const applied = written.filter(
    ({ name, ...of }) => name !== undefined && isIn(inventory, { ...of, name, namespace }),
  );
  const found = await Promise.all(
    applied.map(async (one) => ((await isLeft(systems, target, one)) ? [] : `${one.kind} ${one.name}`)),
  );
  const names = found.flat();
  if (names.length === 0) return [];
  const detail = `Flux applies ${names.join(', ')}, so it puts back what Argo Rollouts writes to them during a release`;
  const next = `Annotate them with ${POLICY}: IfNotPresent, in Git and, where they exist already, in the cluster.`;
  return [{ name: 'flux', ok: false, detail, next }];
}

async function isLeft(
  { clusterObjects: objects }: VersionSystems,
  { cluster, namespace }: ReleaseSpec['target'],
  { kind: name, group, name: object = '' }: Written,
): Promise<boolean> {
  const kind = (await objects.kinds(cluster)).find((one) => one.kind === name && one.group === group);
  const live = kind && (await objects.read({ cluster, kind, namespace, name: object }));
  return LEAVES.includes(metaOf(live ?? {}).annotations?.[POLICY] ?? '');
}

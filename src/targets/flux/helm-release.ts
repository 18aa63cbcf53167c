import { textAt, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { SluiceError } from '../../domain/errors.ts';
import { inventoryOf, isIn } from '../../domain/flux/inventory.ts';
import { labelledReconciler } from '../../domain/flux/managed-by.ts';
import type { Check } from '../../domain/release/plan.ts';
import type { Target } from '../../domain/release/target.ts';
import type { ClusterObjectsPort } from '../../ports/cluster-objects.ts';
import { bad, stateFaults } from './faults.ts';
import { fluxObject } from './reconcile.ts';

const GROUP = { group: 'helm.toolkit.fluxcd.io', kind: 'HelmRelease' };

export interface FoundRelease {
  readonly faults: readonly Check[];
  readonly release?: { readonly namespace: string; readonly name: string };
}

/**
 * The HelmRelease of a name that a Kustomization applies, and whether its chart has the target. Errors: CRD_MISSING,
 * OBJECT_NOT_FOUND.
 */
export async function releaseOf(
  objects: ClusterObjectsPort,
  target: Target,
  kustomization: ApiObject,
  name: string,
): Promise<FoundRelease> {
  const all = (inventoryOf(kustomization) ?? []).filter(
    (one) => one.name === name && one.group === GROUP.group && one.kind === GROUP.kind,
  );
  const [first, ...others] = all;
  if (!first) {
    const detail = `the inventory of the Kustomization does not list a HelmRelease ${name}`;
    return { faults: [bad(detail, 'Name the Kustomization that applies the HelmRelease. flux_trace finds it.')] };
  }
  if (others.length > 0) {
    const where = all.map(({ namespace }) => namespace).join(' and ');
    return {
      faults: [bad(`the Kustomization applies a HelmRelease ${name} in ${where}`, 'Give one of them another name.')],
    };
  }
  const at = { namespace: first.namespace, name };
  const object = await objects.read(await fluxObject(objects, 'HelmRelease', { cluster: target.cluster, ...at }));
  const what = `HelmRelease ${at.namespace}/${name}`;
  const faults = [...stateFaults(object, what), ...driftFaults(object, what)];
  return { faults: [...faults, ...(await targetFaults(objects, target, object, what))], release: at };
}

/** A HelmRelease that corrects drift puts back the weights and selectors that Argo writes. */
function driftFaults(object: ApiObject, what: string): readonly Check[] {
  if (textAt(object, 'spec', 'driftDetection', 'mode') !== 'enabled') return [];
  const detail = `${what} corrects drift (spec.driftDetection.mode), so it puts back what Argo Rollouts writes`;
  return [bad(detail, 'Set the mode to warn, or remove it.')];
}

/** Older versions of Flux keep no inventory of a HelmRelease. Then the labels of the Rollout have to name it. */
async function targetFaults(
  objects: ClusterObjectsPort,
  { cluster, namespace, rollout: name }: Target,
  object: ApiObject,
  what: string,
): Promise<readonly Check[]> {
  const inventory = inventoryOf(object);
  const rollout = { namespace, name, group: 'argoproj.io', kind: 'Rollout' };
  if (inventory !== undefined && isIn(inventory, rollout)) return [];
  const next = 'Name the HelmRelease whose chart has the Rollout. flux_trace finds it.';
  if (inventory !== undefined)
    return [bad(`the inventory of ${what} does not list Rollout ${namespace}/${name}`, next)];
  const kind = (await objects.kinds(cluster)).find((one) => one.kind === 'Rollout' && one.group === 'argoproj.io');
  if (!kind)
    throw new SluiceError('CRD_MISSING', `Cluster "${cluster}" serves no Rollout.`, {
      next: 'Install Argo Rollouts in the cluster, or name another cluster.',
    });
  const by = labelledReconciler(await objects.read({ cluster, kind, namespace, name }));
  const labelled = by && `${by.kind} ${by.namespace}/${by.name}`;
  if (labelled === what) return [];
  return [bad(`${what} has no inventory, and the labels of the Rollout name ${labelled ?? 'no HelmRelease'}`, next)];
}

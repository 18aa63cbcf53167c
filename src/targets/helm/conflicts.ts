import { isDeepStrictEqual } from 'node:util';
import { metaOf, recordsAt, valueAt, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import type { Check } from '../../domain/release/plan.ts';
import type { RolloutState } from '../../domain/rollout.ts';
import { SERVICE } from '../../adapters/kubernetes/kinds.ts';
import { bad, type Facts } from './facts.ts';
import type { HelmSystems } from './records.ts';

const SELECTOR = ['spec', 'selector'];

/**
 * Argo writes the selectors of both Services. If Helm applied them by server-side apply, as Helm 4 does, its next
 * upgrade of a chart with selectors fails with a conflict, and so does its rollback.
 */
export async function conflictFaults(
  { clusters }: HelmSystems,
  { rendered, spec: { target }, source }: Facts,
  { stableService, candidateService }: RolloutState,
): Promise<readonly Check[]> {
  if (source.takeOver) return [];
  const services = rendered.wanted.filter(
    (object) => object['kind'] === 'Service' && [stableService, candidateService].includes(metaOf(object).name),
  );
  const client = clusters.client(target.cluster);
  const contested = await Promise.all(
    services.map(async (service) => {
      const { name } = metaOf(service);
      const live = (await client.get({ kind: SERVICE, namespace: target.namespace, name })) as ApiObject;
      return isContested(service, live) ? name : [];
    }),
  );
  const names = contested.flat();
  if (names.length === 0) return [];
  return [
    bad(
      `Argo Rollouts owns the selector of ${names.join(' and ')}, and the chart sets it too: Helm would fail with a conflict`,
      'Set helm.take_over: true, or remove the selectors of these Services from the chart: Argo sets them.',
    ),
  ];
}

function isContested(wanted: ApiObject, live: ApiObject): boolean {
  const selector = valueAt(wanted, SELECTOR);
  // The manager of Helm has the name of its program, which may be any.
  const applied = recordsAt(live, 'metadata', 'managedFields').some(({ operation }) => operation === 'Apply');
  return applied && selector !== undefined && !isDeepStrictEqual(selector, valueAt(live, SELECTOR));
}

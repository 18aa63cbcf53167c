import type { ClusterClient } from '../adapters/kubernetes/index.ts';
import { NAMESPACE } from '../adapters/kubernetes/kinds.ts';
import { finding, type CheckServices, type Finding } from '../commands/doctor-check.ts';
import type { Settings } from '../config/schema.ts';
import { TOOLSETS } from '../toolsets/index.ts';
import { rightsChecks } from './doctor-rights.ts';

/**
 * Checks what the cluster must have. A cluster that does not answer is reported once. `settings`: with those of the
 * cluster in place.
 */
export async function clusterChecks(
  { settings, services }: { readonly settings: Settings; readonly services: CheckServices },
  client: ClusterClient,
  namespace: string,
): Promise<readonly Finding[]> {
  const api = await finding(`namespace ${namespace}`, async () => {
    await client.get({ kind: NAMESPACE, name: namespace });
    return `${client.cluster} answers and has it`;
  });
  if (api.state !== 'ok' && !api.detail.includes('has no namespace')) return [{ ...api, name: 'cluster' }];
  const place = { cluster: client.cluster, namespace };
  const checks = TOOLSETS.flatMap((toolset) => toolset.checks.ofCluster ?? []);
  const [rights, ...rest] = await Promise.all([
    rightsChecks(settings, client, namespace),
    ...checks.map((check) => check(services, place)),
  ]);
  return [api, ...rest.flat(), ...rights];
}

import { metaOf, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { referenceTo, referredBy } from '../../domain/cluster-objects/references.ts';
import { coversPods, podLabelsOf } from '../../domain/conversion/selected.ts';
import { isAllowed } from '../../commands/access.ts';
import type { CommandContext, CommandSettings } from '../../commands/command.ts';
import type { RouteLink } from '../../ports/routes.ts';
import { servicesOf, textOf } from './chosen-service.ts';
import type { Surroundings } from './surroundings.ts';

/** What has to do with the pods and stays as it is, as sentences. */
export async function besideText(
  context: CommandContext,
  found: Surroundings,
  service: ApiObject,
): Promise<readonly string[]> {
  const labels = podLabelsOf(found.deployment);
  const { name } = metaOf(service);
  const others = servicesOf(found).filter((one) => metaOf(one).name !== name);
  const budgets = found.budgets.filter((one) => coversPods(one, labels) === true);
  const leading = [
    ...found.ingresses.filter((one) => referenceTo(referredBy(service), one) !== undefined).map(textOf),
    ...(await fartherLinks(context, found, name)),
  ];
  return [
    `${textOf(service)} leads to the stable version only, as soon as the Rollout is Healthy: Argo adds its label to spec.selector.`,
    ...others.map((one) => `${textOf(one)} selects the pods of both versions, also during a release.`),
    ...budgets.map((one) => `${textOf(one)} counts the pods of the Deployment and of the Rollout together.`),
    ...leading.map((one) => `${one} leads to ${textOf(service)}, and so to the stable version only.`),
  ];
}

/** What leads to the Service from other namespaces, or by a TraefikService. It is not moved. */
async function fartherLinks(
  { ports, settings }: CommandContext,
  { cluster, namespace, deployment }: Surroundings,
  service: string,
): Promise<readonly string[]> {
  const { links } = await ports.routes.links({ cluster, namespace });
  const leading = links.filter(
    ({ from, to }) =>
      to.kind === 'Service' &&
      to.namespace === namespace &&
      to.name === service &&
      !(from.kind === 'IngressRoute' && from.namespace === namespace) &&
      !(from.kind === 'TraefikService' && from.namespace === namespace && from.name === metaOf(deployment).name),
  );
  return [...new Set(leading.map(({ from }) => linkText(from, settings)))];
}

/** "IngressRoute shop/web". Names of namespaces that the caller may not see are left out. */
export function linkText({ kind, namespace, name }: RouteLink['from'], settings: CommandSettings): string {
  if (isAllowed(namespace, settings)) return `${kind} ${namespace}/${name}`;
  return `${kind === 'IngressRoute' ? 'An IngressRoute' : 'A TraefikService'} of another namespace`;
}

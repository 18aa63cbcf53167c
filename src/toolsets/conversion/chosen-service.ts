import { metaOf, recordsAt, textAt, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { conversionOf } from '../../domain/conversion/marks.ts';
import { referencesTo } from '../../domain/conversion/route-references.ts';
import { podLabelsOf, rolloutSteering, selectsPods } from '../../domain/conversion/selected.ts';
import { SluiceError } from '../../domain/errors.ts';
import { notConvertible } from './refusal.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * The Service that leads to the pods of the Deployment: the one that is asked for, or else the only one that an
 * IngressRoute leads to. Errors: SERVICE_NOT_FOUND, INVALID_INPUT, NOT_APPLICABLE.
 */
export function chosenService(found: Surroundings, asked: string | undefined): ApiObject {
  const selecting = servicesOf(found);
  const service = asked === undefined ? onlyRouted(found, selecting) : named(found, selecting, asked);
  requireItsOwn(found, service);
  return service;
}

/** The Services that select the pods of the Deployment, without those of a conversion. */
export function servicesOf({ services, deployment }: Surroundings): readonly ApiObject[] {
  const labels = podLabelsOf(deployment);
  return services.filter((service) => selectsPods(service, labels) && !conversionOf(service));
}

function named({ namespace, deployment, services }: Surroundings, selecting: readonly ApiObject[], asked: string) {
  const service = selecting.find((one) => metaOf(one).name === asked);
  if (service) return service;
  const text = `Service ${namespace}/${asked}`;
  const known = namesOf(selecting) || 'none';
  if (services.some((one) => metaOf(one).name === asked))
    throw new SluiceError('INVALID_INPUT', `service: ${text} does not select the pods of ${textOf(deployment)}.`, {
      next: `These do: ${known}.`,
    });
  throw new SluiceError('SERVICE_NOT_FOUND', `There is no ${text}.`, {
    next: `These select the pods of ${textOf(deployment)}: ${known}.`,
  });
}

function onlyRouted(found: Surroundings, selecting: readonly ApiObject[]): ApiObject {
  const { deployment, ingressRoutes, traefikServices } = found;
  const text = textOf(deployment);
  if (selecting.length === 0)
    throw notConvertible(
      `No Service of the namespace selects the pods of ${text}.`,
      `Create a Service with spec.selector ${JSON.stringify(podLabelsOf(deployment))}, and an IngressRoute that leads to it.`,
    );
  const routed = selecting.filter(
    (service) => isNamedIn(ingressRoutes, metaOf(service).name) || isConverted(found, service),
  );
  const [service, another] = routed;
  if (service && !another) return service;
  if (service)
    throw new SluiceError('INVALID_INPUT', `service: routes lead to ${text} by ${namesOf(routed)}.`, {
      next: 'Name the one whose requests the Rollout shall divide.',
    });
  const split = traefikServices.filter((one) =>
    recordsAt(one, 'spec', 'weighted', 'services').some(({ name }) =>
      namesOf(selecting).split(', ').includes(String(name)),
    ),
  );
  const instead = split.length > 0 ? ` TraefikService ${namesOf(split)} leads to it.` : '';
  throw notConvertible(
    `No IngressRoute of the namespace leads to ${namesOf(selecting)} by a rule with kind: Service.${instead}`,
    `Set spec.routes[0].services of an IngressRoute to [{"name":"${namesOf(selecting).split(', ')[0]}","port":${firstPort(selecting[0])}}].`,
  );
}

/** The routes of a conversion that was begun lead to its TraefikService already. */
function isConverted({ rollouts, traefikServices, deployment }: Surroundings, service: ApiObject): boolean {
  return [...rollouts, ...traefikServices].some((object) => {
    const made = conversionOf(object);
    return made?.deployment === metaOf(deployment).name && made.service === metaOf(service).name;
  });
}

function isNamedIn(ingressRoutes: readonly ApiObject[], name: string): boolean {
  return ingressRoutes.some((route) => referencesTo(route, { kind: 'Service', name }).length > 0);
}

/** Argo narrows the Service to the pods of its Rollout, so others must not depend on it. Errors: NOT_APPLICABLE. */
function requireItsOwn(found: Surroundings, service: ApiObject): void {
  const { deployment, deployments, statefulSets, daemonSets, rollouts } = found;
  const name = metaOf(deployment).name;
  const holder = rolloutSteering(service);
  const own = rollouts.some((one) => metaOf(one).name === holder && conversionOf(one)?.deployment === name);
  if (holder !== undefined && !own)
    throw notConvertible(
      `Rollout ${holder} steers ${textOf(service)}.`,
      'Name another Service with `service`, or create one for this Deployment.',
    );
  const others = [deployments, statefulSets, daemonSets, rollouts]
    .flat()
    .filter(
      (one) => !(one['kind'] === 'Deployment' && metaOf(one).name === name) && selectsPods(service, podLabelsOf(one)),
    );
  if (others.length > 0)
    throw notConvertible(
      `${textOf(service)} also leads to the pods of ${others.map(textOf).join(', ')}, which would lose these requests.`,
      `Set spec.selector of ${textOf(service)} to labels that only the pods of ${textOf(deployment)} have.`,
    );
}

/** "Service shop/web". */
export function textOf(object: ApiObject): string {
  const { namespace = '', name } = metaOf(object);
  return `${textAt(object, 'kind') ?? ''} ${namespace}/${name}`;
}

export function namesOf(objects: readonly ApiObject[]): string {
  return objects.map((one) => metaOf(one).name).join(', ');
}

function firstPort(service: ApiObject | undefined): string {
  const [port] = recordsAt(service, 'spec', 'ports');
  return JSON.stringify(port?.['port'] ?? 80);
}

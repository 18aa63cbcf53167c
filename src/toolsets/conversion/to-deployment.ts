import {
  metaOf,
  numberAt,
  recordsAt,
  textAt,
  valueAt,
  type ApiObject,
} from '../../domain/cluster-objects/api-object.ts';
import { plural } from '../../domain/plural.ts';
import { conversionOf, type Conversion } from '../../domain/conversion/marks.ts';
import { stableServiceOf } from '../../domain/conversion/new-objects.ts';
import { connectionOf, referencesTo, toService } from '../../domain/conversion/route-references.ts';
import { unsteeredOperations } from '../../domain/conversion/selected.ts';
import type { CommandContext } from '../../commands/command.ts';
import type { Draft } from '../../commands/objects/draft.ts';
import { linkText } from './beside.ts';
import { textOf } from './chosen-service.ts';
import { autoscalersOf, requireUnpaused, takesTemplateOf } from './fit-deployment.ts';
import { notConvertible } from './refusal.ts';
import type { Surroundings } from './surroundings.ts';
import { draftsOf, retargeted, type Sketch } from './to-rollout.ts';

/** What is left of a conversion. Each object may be gone already. */
interface Converted {
  readonly conversion: Conversion;
  readonly rollout: ApiObject | undefined;
  readonly split: ApiObject | undefined;
  readonly canary: ApiObject | undefined;
  readonly service: ApiObject | undefined;
}

/** The changes that undo a conversion, in the order of the writes. Errors: NOT_APPLICABLE and those of its reads. */
export async function toDeployment(context: CommandContext, found: Surroundings): Promise<readonly Draft[]> {
  const converted = convertedOf(found);
  requireUnpaused(found.deployment);
  if (converted.rollout) requireAtRest(converted.rollout);
  await requireNoOther(context, found);
  return draftsOf(context, found, [
    scaledUp(found, converted),
    ...routesBack(found, converted),
    ...unsteered(converted),
    ...removed(converted),
    ...autoscalersBack(found),
  ]);
}

/** Errors: NOT_APPLICABLE. */
function convertedOf({ deployment, rollouts, traefikServices, services }: Surroundings): Converted {
  const { name } = metaOf(deployment);
  const own = (objects: readonly ApiObject[]) => objects.find((one) => conversionOf(one)?.deployment === name);
  const [rollout, split, canary] = [own(rollouts), own(traefikServices), own(services)];
  const conversion = [rollout, split, canary].flatMap((one) => (one && conversionOf(one)) ?? [])[0];
  if (conversion) {
    const service = services.find((one) => metaOf(one).name === conversion.service);
    return { conversion, rollout, split, canary, service };
  }
  const other = rollouts.find((one) => takesTemplateOf(one, name));
  throw notConvertible(
    other
      ? `${textOf(other)} takes its template from ${textOf(deployment)}, and convert_deployment has not made it.`
      : `${textOf(deployment)} is not converted: no Rollout takes its template from it.`,
    other
      ? 'Only what convert_deployment has made is converted back.'
      : 'convert_plan with the action deployment shows what a conversion would do.',
  );
}

/** A version under way is not the one in the template of the Deployment, or not judged yet. Errors: NOT_APPLICABLE. */
function requireAtRest(rollout: ApiObject): void {
  const [wanted, stable] = [textAt(rollout, 'status', 'currentPodHash'), textAt(rollout, 'status', 'stableRS')];
  const aborted = valueAt(rollout, ['status', 'abort']) === true;
  if (!aborted && (stable === undefined || stable === '' || wanted === stable)) return;
  throw notConvertible(
    `${textOf(rollout)} ${aborted ? 'was aborted, so the template of the Deployment is not the stable version' : `is in the middle of an update (${stable} to ${wanted})`}.`,
    aborted
      ? 'Set the stable image with argo_update_rollout_image, wait until the Rollout is Healthy, and plan again.'
      : 'Promote or abort the update, wait until the Rollout is Healthy, and plan again.',
  );
}

/** The weighted TraefikService is deleted, so nothing else may lead to it. Errors: NOT_APPLICABLE. */
async function requireNoOther(
  { ports, settings }: CommandContext,
  { cluster, namespace, deployment }: Surroundings,
): Promise<void> {
  const { links } = await ports.routes.links({ cluster, namespace });
  const others = links.filter(
    ({ from, to }) =>
      to.kind === 'TraefikService' &&
      to.namespace === namespace &&
      to.name === metaOf(deployment).name &&
      !(from.kind === 'IngressRoute' && from.namespace === namespace),
  );
  const [other] = others;
  if (!other) return;
  throw notConvertible(
    `${linkText(other.from, settings)} leads to TraefikService ${namespace}/${other.to.name}, which is deleted.`,
    'Lead it to a Service first.',
  );
}

function scaledUp({ deployment }: Surroundings, { rollout, conversion }: Converted): Sketch {
  const pods = numberAt(deployment, 'spec', 'replicas') ?? 1;
  const needed = rollout ? (numberAt(rollout, 'spec', 'replicas') ?? 1) : pods === 0 ? conversion.replicas : pods;
  const replicas = Math.max(pods, needed);
  return {
    list: 'deployments',
    name: metaOf(deployment).name,
    before: deployment,
    write: { how: 'merge', patch: { spec: { replicas } } },
    warnings:
      replicas > pods
        ? [`It starts ${plural(replicas - pods, 'pod')} beside those of the Rollout, with the same template.`]
        : [],
  };
}

function routesBack({ ingressRoutes }: Surroundings, { conversion, split }: Converted): readonly Sketch[] {
  const entries = recordsAt(split, 'spec', 'weighted', 'services');
  const connection = connectionOf(entries.find(({ name }) => name === conversion.service) ?? {});
  return ingressRoutes.flatMap((route): readonly Sketch[] => {
    const operations = referencesTo(route, { kind: 'TraefikService', name: conversion.deployment }).map(
      (reference) => ({
        op: 'replace' as const,
        path: reference.pointer,
        value: toService(reference, conversion.service, connection),
      }),
    );
    if (operations.length === 0) return [];
    return [{ list: 'ingressRoutes', name: metaOf(route).name, before: route, write: { how: 'json', operations } }];
  });
}

/**
 * Argo gives the Service back when the Rollout does not name it any more. Only then do the pods of the Deployment get
 * requests, so the Rollout must not be deleted before.
 */
function unsteered({ rollout, service }: Converted): readonly Sketch[] {
  const steers = stableServiceOf(rollout) !== undefined;
  const operations = service && !steers ? unsteeredOperations(service) : [];
  const left: readonly Sketch[] =
    service && operations.length > 0
      ? [{ list: 'services', name: metaOf(service).name, before: service, write: { how: 'json', operations } }]
      : [];
  if (!rollout) return left;
  const patch = { spec: { strategy: { canary: { stableService: null, canaryService: null, trafficRouting: null } } } };
  const warnings = ['Argo then removes its label from spec.selector of the Service, which leads to the pods of both.'];
  const name = metaOf(rollout).name;
  return [
    ...left,
    // Argo notes the new generation of the Deployment in an annotation of the Rollout.
    {
      list: 'rollouts',
      name,
      before: rollout,
      write: { how: 'merge', patch },
      follows: true,
      ...(steers ? { warnings } : {}),
    },
  ];
}

function removed({ rollout, split, canary }: Converted): readonly Sketch[] {
  const gone = (list: Sketch['list'], object: ApiObject | undefined, follows: boolean): readonly Sketch[] =>
    object
      ? [{ list, name: metaOf(object).name, before: object, write: { how: 'delete' }, ...(follows ? { follows } : {}) }]
      : [];
  return [
    ...gone('rollouts', rollout, true),
    ...gone('traefikServices', split, false),
    // Argo has removed its label from this one as well.
    ...gone('services', canary, true),
  ];
}

function autoscalersBack({ deployment, autoscalers }: Surroundings): readonly Sketch[] {
  const { name } = metaOf(deployment);
  const target = { apiVersion: 'apps/v1', kind: 'Deployment', name };
  return autoscalersOf(autoscalers, 'Rollout', name, target).map((one) => retargeted(one, target));
}

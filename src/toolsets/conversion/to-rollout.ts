import { metaOf, numberAt, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { plural } from '../../domain/plural.ts';
import { conversionOf, type Conversion } from '../../domain/conversion/marks.ts';
import {
  canaryName,
  canaryService,
  rollout,
  weightedService,
  type Parts,
} from '../../domain/conversion/new-objects.ts';
import { toTraefikService } from '../../domain/conversion/route-references.ts';
import type { CommandContext } from '../../commands/command.ts';
import type { Draft } from '../../commands/objects/draft.ts';
import type { ObjectWrite } from '../../ports/cluster-objects.ts';
import { besideText } from './beside.ts';
import { chosenService, textOf } from './chosen-service.ts';
import { autoscalersOf, begunRollout, ownOrFree } from './fit-deployment.ts';
import { routesToService, sharedConnection, type MovedRoute } from './moved-rules.ts';
import { notConvertible } from './refusal.ts';
import { objectAt, type KindName, type Surroundings } from './surroundings.ts';

export interface AskedConversion {
  readonly service?: string | undefined;
  readonly weights: readonly number[];
}

/** A change, before its place is looked up. */
export type Sketch = Omit<Draft, 'at'> & { readonly list: KindName; readonly name: string };

/** No change: the object is there already, and its effect is waited for. */
const AS_IT_IS: ObjectWrite = { how: 'merge', patch: {} };

/** The changes that make a Rollout of a Deployment, in the order of the writes. Errors: those of what it reads. */
export async function toRollout(
  context: CommandContext,
  found: Surroundings,
  asked: AskedConversion,
): Promise<readonly Draft[]> {
  const parts = partsOf(found, asked);
  const beside = await besideText(context, found, parts.service);
  const sketches = [
    ...made(found, parts, beside),
    ...parts.routes.map((moved) => moveRoute(moved, parts)),
    ...scaled(found, parts),
  ];
  return draftsOf(context, found, sketches);
}

export async function draftsOf(
  context: CommandContext,
  { cluster, namespace }: Surroundings,
  sketches: readonly Sketch[],
): Promise<readonly Draft[]> {
  return Promise.all(
    sketches.map(async ({ list, name, ...rest }) => ({
      at: await objectAt(context, { cluster, namespace, list, name }),
      ...rest,
    })),
  );
}

interface All extends Parts {
  readonly routes: readonly MovedRoute[];
  readonly begun: ApiObject | undefined;
}

function partsOf(found: Surroundings, { service: named, weights }: AskedConversion): All {
  const { deployment, namespace } = found;
  const { name } = metaOf(deployment);
  const begun = begunRollout(found);
  const service = chosenService(found, named ?? (begun && conversionOf(begun)?.service));
  const routes = routesToService(found.ingressRoutes, service);
  const replicas = numberAt(deployment, 'spec', 'replicas') ?? 1;
  const conversion: Conversion = { deployment: name, service: metaOf(service).name, replicas };
  const connection = sharedConnection(routes, service) ?? connectionBegun(found, conversion);
  if (!connection)
    throw notConvertible(
      `No IngressRoute of the namespace leads to ${textOf(service)} by a rule with kind: Service.`,
      'Create an IngressRoute that leads to it.',
    );
  return { conversion, namespace, deployment, service, connection, weights, routes, begun };
}

/** The routes have been moved already. */
function connectionBegun(
  { traefikServices }: Surroundings,
  { deployment, service }: Conversion,
): Parts['connection'] | undefined {
  const begun = traefikServices.find((one) => conversionOf(one)?.deployment === deployment);
  return begun && conversionOf(begun)?.service === service ? {} : undefined;
}

/** What is new. The Rollout comes last, because Argo writes its weights into the TraefikService. */
function made(found: Surroundings, parts: All, beside: readonly string[]): readonly Sketch[] {
  const { conversion, begun } = parts;
  const { deployment } = conversion;
  const canary = canaryName(conversion);
  const [service, split] = [
    ownOrFree(found.services, canary, deployment),
    ownOrFree(found.traefikServices, deployment, deployment),
  ];
  const create = (manifest: ApiObject): ObjectWrite => ({ how: 'apply', manifest, takeOver: false });
  const room = `It starts ${plural(conversion.replicas, 'pod')} beside those of the Deployment. They end after the routes have moved.`;
  return [
    { list: 'services', name: canary, before: service, write: service ? AS_IT_IS : create(canaryService(parts)) },
    {
      list: 'traefikServices',
      name: deployment,
      before: split,
      write: split ? AS_IT_IS : create(weightedService(parts)),
    },
    {
      list: 'rollouts',
      name: deployment,
      before: begun,
      write: begun ? AS_IT_IS : create(rollout(parts)),
      warnings: [...(begun ? [] : [room]), ...beside],
    },
  ];
}

function moveRoute({ route, references }: MovedRoute, { conversion }: Parts): Sketch {
  const operations = references.map((reference) => ({
    op: 'replace' as const,
    path: reference.pointer,
    value: toTraefikService(reference, conversion.deployment),
  }));
  return { list: 'ingressRoutes', name: metaOf(route).name, before: route, write: { how: 'json', operations } };
}

/** The autoscaler comes last: it would count the pods of both as long as the Deployment has some. */
function scaled({ deployment, autoscalers }: Surroundings, { conversion }: Parts): readonly Sketch[] {
  const { name } = metaOf(deployment);
  const target = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: conversion.deployment };
  return [
    {
      list: 'deployments',
      name,
      before: deployment,
      write: { how: 'merge', patch: { spec: { replicas: 0 } } },
      warnings: [
        'Set spec.replicas: 0 in the file that this Deployment is applied from. Another number there would start its pods again.',
      ],
    },
    ...autoscalersOf(autoscalers, 'Deployment', name, target).map((one) => retargeted(one, target)),
  ];
}

export function retargeted(autoscaler: ApiObject, target: Readonly<Record<string, string>>): Sketch {
  return {
    list: 'autoscalers',
    name: metaOf(autoscaler).name,
    before: autoscaler,
    write: { how: 'merge', patch: { spec: { scaleTargetRef: target } } },
  };
}

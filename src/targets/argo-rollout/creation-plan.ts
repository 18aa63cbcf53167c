import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import { POD_HASH_LABEL } from '../../domain/rollout.ts';
import type { Creation, NewRollout } from '../../ports/rollout-objects.ts';
import type { ClusterClient } from '../../adapters/kubernetes/cluster-client.ts';
import { ANALYSIS_TEMPLATE, DEPLOYMENT, describe, SERVICE, TRAEFIK_SERVICE } from '../../adapters/kubernetes/kinds.ts';
import type { ObjectRef } from '../../adapters/kubernetes/kinds.ts';
import { plainLine } from '../../adapters/kubernetes/text.ts';
import { rolloutManifest, serviceManifest } from './manifests.ts';
import type { Planned } from './manifests.ts';

/** The objects to create, in order, and the objects that already exist, or the reason for a refusal. */
export type CreationPlan = { readonly make: readonly Planned[]; readonly found: readonly string[] } | Refused;

interface Refused {
  readonly refused: string;
  readonly missing?: NonNullable<Creation['missing']>;
}

/** Argo writes this annotation on each Service that it manages. */
const MANAGED_BY = 'argo-rollouts.argoproj.io/managed-by-rollouts';

const Labels = z.record(z.string(), z.string());
const Deployment = z.object({ spec: z.object({ selector: z.object({ matchLabels: Labels.default({}) }) }) });
const Weighted = z.object({
  spec: z.object({ weighted: z.object({ services: z.array(z.object({ name: z.string() })).default([]) }).optional() }),
});
const FoundService = z.object({
  metadata: z.object({ annotations: Labels.optional() }),
  spec: z.object({ selector: Labels.default({}), ports: z.array(z.object({ port: z.number() })).default([]) }),
});

export async function planCreation(client: ClusterClient, rollout: NewRollout): Promise<CreationPlan> {
  const { namespace } = rollout.target;
  const labels = await labelsOf(client, rollout);
  const templates = rollout.analysisTemplates.map((name): ObjectRef => ({ kind: ANALYSIS_TEMPLATE, namespace, name }));
  await Promise.all(templates.map((ref) => client.get(ref)));
  const services = await planServices(client, rollout, labels);
  if ('refused' in services || rollout.servicesOnly) return services;
  const absent = await routeRefusal(client, rollout);
  if (absent)
    return {
      ...absent,
      missing: { route: rollout.traefikService ?? '', services: services.make.map(({ ref }) => ref.name) },
    };
  const route = rollout.traefikService ? [`TraefikService ${namespace}/${rollout.traefikService}`] : [];
  return { make: [...services.make, rolloutManifest(rollout, labels)], found: [...services.found, ...route] };
}

async function planServices(
  client: ClusterClient,
  rollout: NewRollout,
  labels: Readonly<Record<string, string>>,
): Promise<CreationPlan> {
  const make: Planned[] = [];
  const found: string[] = [];
  for (const name of serviceNames(rollout)) {
    const ref = { kind: SERVICE, namespace: rollout.target.namespace, name };
    const present = await ifThere(client, ref);
    const problem = present === undefined ? undefined : serviceRefusal(present, ref, rollout, labels);
    if (problem) return { refused: problem };
    if (present === undefined) make.push(serviceManifest(rollout, name, labels));
    else found.push(describe(ref));
  }
  return { make, found };
}

const serviceNames = ({ services }: NewRollout): string[] => (services ? [services.stable, services.candidate] : []);

/** Errors: WORKLOAD_NOT_FOUND. */
async function labelsOf(
  client: ClusterClient,
  { target, template }: NewRollout,
): Promise<Readonly<Record<string, string>>> {
  if (!('deployment' in template)) return { app: target.rollout };
  return Deployment.parse(
    await client.get({ kind: DEPLOYMENT, namespace: target.namespace, name: template.deployment }),
  ).spec.selector.matchLabels;
}

/** The object. Undefined when it does not exist. */
export async function ifThere(client: ClusterClient, ref: ObjectRef): Promise<unknown> {
  try {
    return await client.get(ref);
  } catch (error) {
    if (error instanceof SluiceError && error.code === ref.kind.missing) return undefined;
    throw error;
  }
}

/** The route has to exist first: without it the first canary pods would have no traffic to be judged by. */
async function routeRefusal(client: ClusterClient, rollout: NewRollout): Promise<Refused | undefined> {
  const { traefikService: name, services, target } = rollout;
  if (!name || !services) return undefined;
  const ref = { kind: TRAEFIK_SERVICE, namespace: target.namespace, name };
  const present = await ifThere(client, ref);
  if (present === undefined)
    return {
      refused: `there is no ${describe(ref)}; a weighted route must be created before the Rollout that steers it`,
    };
  const names = (Weighted.safeParse(present).data?.spec.weighted?.services ?? []).map((entry) => entry.name);
  const absent = [services.stable, services.candidate].filter((service) => !names.includes(service));
  if (absent.length === 0) return undefined;
  return {
    refused: `${describe(ref)} has no entry for ${absent.join(' and ')}; it has ${plainLine(names.join(', ')) || 'no weighted services'}`,
  };
}

/** Why an existing Service cannot be used unchanged. */
function serviceRefusal(
  present: unknown,
  ref: ObjectRef,
  rollout: NewRollout,
  labels: Readonly<Record<string, string>>,
): string | undefined {
  const { metadata, spec } = FoundService.parse(present);
  const holder = metadata.annotations?.[MANAGED_BY];
  if (holder && holder !== rollout.target.rollout)
    return `${describe(ref)} is steered by Rollout ${plainLine(holder, 63)}`;
  const wrong = Object.entries(spec.selector).filter(
    ([label, value]) => label !== POD_HASH_LABEL && labels[label] !== value,
  );
  if (wrong.length > 0 || Object.keys(spec.selector).length === 0) {
    return `${describe(ref)} exists and selects ${plainLine(wrong.map((pair) => pair.join('=')).join(', ')) || 'nothing'}, not the pods of this Rollout (${Object.entries(
      labels,
    )
      .map((pair) => pair.join('='))
      .join(', ')})`;
  }
  const ports = spec.ports.map(({ port }) => port);
  return ports.includes(rollout.template.port)
    ? undefined
    : `${describe(ref)} exists with port ${ports.join(', ')}, not ${rollout.template.port}`;
}

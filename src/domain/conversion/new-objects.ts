import { metaOf, numberAt, recordAt, recordsAt, textAt, type ApiObject } from '../cluster-objects/api-object.ts';
import { POD_HASH_LABEL } from '../rollout.ts';
import { conversionMarks, type Conversion } from './marks.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What the objects of a conversion are made from. */
export interface Parts {
  readonly conversion: Conversion;
  readonly namespace: string;
  readonly deployment: ApiObject;
  readonly service: ApiObject;
  /** How Traefik reaches the pods: the fields of the entry of an IngressRoute, without name and weight. */
  readonly connection: Fields;
  /** Percent, ascending. Argo waits after each. */
  readonly weights: readonly number[];
}

export function canaryName({ service }: Conversion): string {
  return `${service}-canary`;
}

const metadata = ({ conversion, namespace }: Parts, name: string) => ({
  name,
  namespace,
  annotations: conversionMarks(conversion),
});

/**
 * A Service like the one of the Deployment. Without labels: those of Helm and Flux would make it theirs. Argo adds the
 * label of the new version to its selector.
 */
export function canaryService(parts: Parts): ApiObject {
  const { selector, ports, clusterIP, publishNotReadyAddresses } = recordAt(parts.service, 'spec');
  const { [POD_HASH_LABEL]: _, ...labels } = recordAt({ selector }, 'selector');
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(parts, canaryName(parts.conversion)),
    spec: {
      selector: labels,
      ports: recordsAt({ ports }, 'ports').map(({ nodePort: _port, ...port }) => port),
      ...(clusterIP === 'None' ? { clusterIP } : {}),
      ...(publishNotReadyAddresses === true ? { publishNotReadyAddresses } : {}),
    },
  };
}

/** All requests go to the stable version at first. */
export function weightedService(parts: Parts): ApiObject {
  const { conversion, connection } = parts;
  const entry = (name: string, weight: number) => ({ name, ...connection, weight });
  return {
    apiVersion: 'traefik.io/v1alpha1',
    kind: 'TraefikService',
    metadata: metadata(parts, conversion.deployment),
    spec: { weighted: { services: [entry(conversion.service, 100), entry(canaryName(conversion), 0)] } },
  };
}

/** Fields with the same meaning in both kinds (argo-rollouts v1.10.1, pkg/apis/rollouts/v1alpha1/types.go). */
const SHARED = ['minReadySeconds', 'progressDeadlineSeconds', 'revisionHistoryLimit'] as const;

/**
 * Without `workloadRef.scaleDown`: Argo would scale the Deployment down before the routes have changed, and again on
 * the way back.
 */
export function rollout(parts: Parts): ApiObject {
  const { conversion, deployment, weights } = parts;
  const spec = recordAt(deployment, 'spec');
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: metadata(parts, conversion.deployment),
    spec: {
      replicas: numberAt(deployment, 'spec', 'replicas') ?? 1,
      selector: spec['selector'],
      workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: metaOf(deployment).name },
      ...Object.fromEntries(SHARED.flatMap((field) => (spec[field] === undefined ? [] : [[field, spec[field]]]))),
      strategy: {
        canary: {
          stableService: conversion.service,
          canaryService: canaryName(conversion),
          trafficRouting: { traefik: { weightedTraefikServiceName: conversion.deployment } },
          steps: weights.flatMap((weight) => [{ setWeight: weight }, { pause: {} }]),
        },
      },
    },
  };
}

/** The Service that a Rollout steers for its stable version. Undefined if it steers none. */
export function stableServiceOf(rollout: ApiObject | undefined): string | undefined {
  const { canary } = recordAt(rollout, 'spec', 'strategy');
  return textAt(canary, 'stableService');
}

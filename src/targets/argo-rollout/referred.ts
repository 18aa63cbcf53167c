import { SluiceError } from '../../domain/errors.ts';
import type { Target } from '../../domain/release/target.ts';
import type { WriteResult } from '../../ports/workload.ts';
import type { ClusterClient } from '../../adapters/kubernetes/cluster-client.ts';
import { guardedWrite } from '../../adapters/kubernetes/guarded-write.ts';
import { DEPLOYMENT } from '../../adapters/kubernetes/kinds.ts';
import type { ObjectRef } from '../../adapters/kubernetes/kinds.ts';
import { Workload, type PodContainer, type Rollout } from './schema.ts';
import { decideContainerImage, type ImageChange } from './set-image.ts';
import { decideTemplate, templateOf } from './template-change.ts';

/** What a Deployment that a Rollout takes its template from says. */
export interface Referred {
  readonly containers: readonly PodContainer[];
  /** The whole pod template, as it was read. */
  readonly template?: unknown;
  /** metadata.generation. Argo names the one whose template it has seen. */
  readonly generation: number;
  /** Pods that the Deployment runs itself, beside those of the Rollout. */
  readonly replicas: number;
}

/** A Rollout can be shown, and rolled back, without knowledge of its images. */
const IMAGES_UNKNOWN = ['WORKLOAD_NOT_FOUND', 'CRD_MISSING', 'FORBIDDEN'];

/** The Deployment of `spec.workloadRef`. Undefined without one. Sluice does not write the other kinds of Argo. */
export function deploymentOf({ metadata, spec: { workloadRef } }: Rollout): ObjectRef | undefined {
  if (workloadRef?.kind !== DEPLOYMENT.name || !workloadRef.name) return undefined;
  return { kind: DEPLOYMENT, namespace: metadata.namespace, name: workloadRef.name };
}

/** Undefined unless the Rollout refers to a Deployment that can be read. */
export async function readReferred(client: ClusterClient, rollout: Rollout): Promise<Referred | undefined> {
  const ref = deploymentOf(rollout);
  if (!ref) return undefined;
  try {
    const object = await client.get(ref);
    const { metadata, spec } = Workload.parse(object);
    return {
      template: templateOf(object),
      containers: spec.template.spec.containers,
      generation: metadata.generation,
      replicas: spec.replicas ?? 1,
    };
  } catch (error) {
    if (error instanceof SluiceError && IMAGES_UNKNOWN.includes(error.code)) return undefined;
    throw error;
  }
}

/**
 * Sets the image in the Deployment. One patch cannot test two objects: the caller has tested the owner mark of the
 * Rollout, and raised its epoch, just before. Errors: those of the client, CONFLICT.
 */
export function setReferredImage(
  client: ClusterClient,
  { rollout }: Target,
  ref: ObjectRef,
  change: ImageChange,
): Promise<WriteResult> {
  return guardedWrite(client, {
    ref,
    read: async () => {
      const object = await client.get(ref);
      const { metadata, spec } = Workload.parse(object);
      const template = templateOf(object);
      return { resourceVersion: metadata.resourceVersion, containers: spec.template.spec.containers, template };
    },
    decide: ({ containers, template }) =>
      change.template
        ? decideTemplate(`Deployment ${ref.name}`, template, change.template)
        : decideContainerImage(`Deployment ${ref.name}, of which ${rollout} takes its template,`, containers, change),
  });
}

import { closest } from 'fastest-levenshtein';
import { SluiceError } from '../../domain/errors.ts';
import type { Target } from '../../domain/release/target.ts';
import { imageOf } from '../../domain/rollout.ts';
import type { DesiredImage } from '../../ports/rollout-steering.ts';
import type { ClusterClient } from '../../adapters/kubernetes/cluster-client.ts';
import { DEPLOYMENT } from '../../adapters/kubernetes/kinds.ts';
import { plainLine } from '../../adapters/kubernetes/text.ts';
import { Workload, type PodContainer } from './schema.ts';
import { decideContainerImage, type ImageChange } from './set-image.ts';
import { readNow, type Now, type Steering } from './steer.ts';

/** The controller observes a template within a second. A change of a workload passes through one more cache. */
const TAKEN_UP_MS = 8_000;

type Containers = readonly Pick<PodContainer, 'name' | 'image'>[];

/** The Deployment that the Rollout refers to. */
interface Deployment {
  readonly resourceVersion: string;
  readonly containers: readonly PodContainer[];
}

/**
 * Finds the object with the template and the change to make, at the first read. Errors: UNKNOWN_NAME, INVALID_INPUT,
 * NOT_APPLICABLE.
 */
export async function imageSteering(
  client: ClusterClient,
  target: Target,
  desired: DesiredImage,
): Promise<Steering<Deployment | undefined>> {
  const { rollout, view } = await readNow(client, target);
  const change = changeOf(containersOf(view.images), containersOf(view.initImages ?? {}), desired);
  const missing = (now: Now, before: Now['view']): string | undefined => notObserved(now, before, change);
  const { workloadRef } = rollout.spec;
  if (!workloadRef) {
    const decide = ({ spec }: Now['rollout']) =>
      decideContainerImage(target.rollout, spec.template?.spec?.containers ?? [], change);
    return { decide, missing, withinMs: TAKEN_UP_MS };
  }
  const ref = { kind: DEPLOYMENT, namespace: target.namespace, name: workloadRef.name ?? '' };
  const read = async (): Promise<Deployment> => {
    const { metadata, spec } = Workload.parse(await client.get(ref));
    return { resourceVersion: metadata.resourceVersion, containers: spec.template.spec.containers };
  };
  return {
    decide: (_rollout, deployment) =>
      decideContainerImage(`Deployment ${ref.name}`, deployment?.containers ?? [], change),
    missing,
    withinMs: TAKEN_UP_MS,
    subject: { ref, read },
  };
}

function containersOf(images: Readonly<Record<string, string>>): Containers {
  return Object.entries(images).map(([name, image]) => ({ name, image }));
}

/** An init container is changed only if it is named. */
function changeOf(containers: Containers, init: Containers, { container, from, to }: DesiredImage): ImageChange {
  const all = [...containers, ...init];
  const names = all.map(({ name }) => plainLine(name));
  const chosen = container === undefined ? onlyOne(containers, names) : all.find(({ name }) => name === container);
  if (!chosen) {
    const near = names.length > 0 ? closest(container ?? '', names) : undefined;
    throw new SluiceError(
      'UNKNOWN_NAME',
      `There is no container "${container}"; there is ${names.join(', ') || 'none that can be read'}.`,
      { details: { path: 'container', known: names, nearest: near } },
    );
  }
  return { container: chosen.name, from: from ?? chosen.image, to };
}

function onlyOne(containers: Containers, names: readonly string[]): Containers[number] | undefined {
  if (containers.length === 1) return containers[0];
  const why =
    names.length === 0
      ? 'The containers cannot be read: the Rollout takes its template from a workload that is not a Deployment, or is not there.'
      : `There are several containers: ${names.join(', ')}.`;
  throw new SluiceError('INVALID_INPUT', `${why} Name one in \`container\`.`, {
    details: { path: 'container', known: names },
  });
}

/**
 * The hash proves that the controller created a version of the new template: it changes with any change of the
 * template.
 */
function notObserved({ view }: Now, before: Now['view'], { container, to }: ImageChange): string | undefined {
  const present = imageOf(view, container);
  if (present !== to) return `container ${container} has image ${plainLine(present ?? 'none')}`;
  if (!view.observed) return 'the controller has not yet seen the new template';
  const set = imageOf(before, container) !== to;
  return set && view.podHash === before.podHash
    ? 'the controller has not yet made a version of the new template'
    : undefined;
}

import type { Target } from '../../domain/release/target.ts';
import type { WriteResult } from '../../ports/workload.ts';
import type { Decision } from '../../adapters/kubernetes/guarded-write.ts';
import { plainLine } from '../../adapters/kubernetes/text.ts';
import type { PodContainer, Rollout } from './schema.ts';

export interface ImageChange {
  readonly container: string;
  readonly from: string;
  readonly to: string;
}

/** Changes one field of one container. A PUT of the whole object would undo concurrent writes. */
export function decideSetImage(rollout: Rollout, target: Target, change: ImageChange): Decision<WriteResult> {
  const { workloadRef } = rollout.spec;
  if (workloadRef !== undefined)
    return refuse(
      `${target.rollout} takes its template from a ${plainLine(workloadRef.kind ?? 'workloadRef')}; set the image there`,
    );
  return decideContainerImage(target.rollout, rollout.spec.template?.spec?.containers ?? [], change);
}

/** The same for any object with a pod template in `spec.template`. Init containers are containers too. */
export function decideContainerImage(
  owner: string,
  containers: readonly PodContainer[],
  change: ImageChange,
): Decision<WriteResult> {
  const found = containers.find(({ name }) => name === change.container);
  if (!found)
    return refuse(
      `${owner} has no container "${change.container}"; it has ${containers.map(({ name }) => name).join(', ') || 'none'}`,
    );
  const present = found.image;
  if (present === change.to)
    return { done: { changed: false, detail: `container ${change.container} already has image ${change.to}` } };
  if (present !== change.from)
    return refuse(
      `container ${change.container} has image ${plainLine(present)}, neither ${change.from} nor ${change.to}`,
    );
  const pointer = `/spec/template/spec/${found.at}`;
  return {
    patch: [
      { op: 'test', path: `${pointer}/name`, value: change.container },
      { op: 'test', path: `${pointer}/image`, value: change.from },
      { op: 'replace', path: `${pointer}/image`, value: change.to },
    ],
    done: { changed: true, detail: `image of container ${change.container} set from ${change.from} to ${change.to}` },
  };
}

function refuse(detail: string): Decision<WriteResult> {
  return { done: { refused: true, detail } };
}

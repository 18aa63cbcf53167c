import type { ContainerImage } from '../../domain/release/plan.ts';
import type { TemplateStep } from '../../domain/template/template-change.ts';
import type { Target } from '../../domain/release/target.ts';
import type { WriteResult } from '../../ports/workload.ts';
import type { Decision } from '../../adapters/kubernetes/guarded-write.ts';
import { plainLine } from '../../adapters/kubernetes/text.ts';
import type { PodContainer, Rollout } from './schema.ts';

export interface ImageChange extends ContainerImage {
  /** Other containers that change in the same patch. */
  readonly further?: readonly ContainerImage[];
  /** The whole template changes instead. */
  readonly template?: TemplateStep;
}

/** Changes the images of containers, and nothing else. A PUT of the whole object would undo concurrent writes. */
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
  { further = [], ...first }: ImageChange,
): Decision<WriteResult> {
  const changes = [first, ...further];
  const problem = changes.map((change) => unfit(owner, containers, change)).find((found) => found !== undefined);
  if (problem !== undefined) return refuse(problem);
  const due = changes.filter(({ container, to }) => imageIn(containers, container) !== to);
  const told = (due.length > 0 ? due : changes).map(({ container, from, to }) =>
    due.length > 0
      ? `image of container ${container} set from ${from} to ${to}`
      : `container ${container} already has image ${to}`,
  );
  const done = { changed: due.length > 0, detail: told.join(', ') };
  return due.length > 0 ? { patch: due.flatMap((change) => patchOf(containers, change)), done } : { done };
}

const named = (containers: readonly PodContainer[], name: string) => containers.find((one) => one.name === name);
const imageIn = (containers: readonly PodContainer[], name: string) => named(containers, name)?.image;

/** Why the change does not apply. Undefined if it does, or is made already. */
function unfit(owner: string, containers: readonly PodContainer[], { container, from, to }: ContainerImage) {
  if (!named(containers, container))
    return `${owner} has no container "${container}"; it has ${containers.map(({ name }) => name).join(', ') || 'none'}`;
  const present = imageIn(containers, container);
  return present === from || present === to
    ? undefined
    : `container ${container} has image ${plainLine(present ?? '')}, neither ${from} nor ${to}`;
}

/** The tests make the write fail if somebody has changed the container meanwhile. */
function patchOf(containers: readonly PodContainer[], { container, from, to }: ContainerImage) {
  const pointer = `/spec/template/spec/${named(containers, container)?.at}`;
  return [
    { op: 'test' as const, path: `${pointer}/name`, value: container },
    { op: 'test' as const, path: `${pointer}/image`, value: from },
    { op: 'replace' as const, path: `${pointer}/image`, value: to },
  ];
}

function refuse(detail: string): Decision<WriteResult> {
  return { done: { refused: true, detail } };
}

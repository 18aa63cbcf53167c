import {
  metaOf,
  recordAt,
  recordsAt,
  textAt,
  valueAt,
  isRecord,
  type ApiObject,
} from '../../domain/cluster-objects/api-object.ts';
import { POD_HASH_LABEL } from '../../domain/rollout.ts';
import type { ObjectAt } from '../../ports/cluster-objects.ts';
import type { CommandContext } from '../../commands/command.ts';
import { kindIn } from '../../commands/objects/located.ts';

/** A former or present template of a workload. */
export interface TemplateRevision {
  readonly revision: number;
  readonly name: string;
  readonly createdAt: string;
  readonly images: readonly string[];
  readonly cause?: string;
  readonly template: ApiObject;
}

/** Where controllers keep former templates, and under which annotation their number. */
const KEPT: Readonly<Record<string, { readonly kind: string; readonly annotation?: string }>> = {
  Deployment: { kind: 'replicasets.apps', annotation: 'deployment.kubernetes.io/revision' },
  Rollout: { kind: 'replicasets.apps', annotation: 'rollout.argoproj.io/revision' },
  StatefulSet: { kind: 'controllerrevisions.apps' },
  DaemonSet: { kind: 'controllerrevisions.apps' },
};
const CAUSE = 'kubernetes.io/change-cause';
/** Labels that the controller adds to each template. */
const HASHES: readonly string[] = ['pod-template-hash', POD_HASH_LABEL, 'controller-revision-hash'];
const READ = 500;

/** Newest first. */
export async function revisionsOf(
  context: CommandContext,
  at: ObjectAt,
  workload: ApiObject,
): Promise<readonly TemplateRevision[]> {
  const kept = KEPT[at.kind.kind];
  if (!kept) return [];
  const kind = await kindIn(context, at.cluster, kept.kind);
  const { items } = await context.ports.clusterObjects.page(
    { cluster: at.cluster, kind, namespace: at.namespace },
    { limit: READ },
  );
  const { uid } = metaOf(workload);
  return items
    .filter((item) => (metaOf(item).ownerReferences ?? []).some((owner) => owner.uid === uid))
    .map((item) => revisionOf(item, kept.annotation))
    .toSorted((a, b) => b.revision - a.revision);
}

function revisionOf(item: ApiObject, annotation: string | undefined): TemplateRevision {
  const { name, creationTimestamp = '', annotations = {} } = metaOf(item);
  const stored = annotation === undefined ? valueAt(item, ['revision']) : annotations[annotation];
  const template = withoutHashes(recordAt(item, ...(annotation === undefined ? ['data'] : []), 'spec', 'template'));
  const cause = annotations[CAUSE];
  return {
    revision: Number(stored ?? 0),
    name,
    createdAt: creationTimestamp,
    images: recordsAt(template, 'spec', 'containers').flatMap((one) => textAt(one, 'image') ?? []),
    ...(cause === undefined ? {} : { cause }),
    template,
  };
}

/** `$patch` is there because a ControllerRevision is kept as a patch. */
function withoutHashes({ $patch: _, ...template }: ApiObject): ApiObject {
  const metadata = isRecord(template['metadata']) ? template['metadata'] : {};
  const labels = Object.fromEntries(
    Object.entries(recordAt(metadata, 'labels')).filter(([key]) => !HASHES.includes(key)),
  );
  return { ...template, metadata: { ...metadata, labels } };
}

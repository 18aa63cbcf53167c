import { z } from 'zod';
import { anyObjectName } from '../../contract/cluster-object.ts';
import { placeFields } from '../../contract/place.ts';
import { metaOf, recordsAt, textAt, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { plural } from '../../domain/plural.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { ObjectAt } from '../../ports/cluster-objects.ts';
import type { CommandContext } from '../../commands/command.ts';
import type { Action, Draft } from '../../commands/objects/draft.ts';
import { drafted } from '../../commands/objects/drafted.ts';
import { kindIn } from '../../commands/objects/located.ts';
import { writeCommand } from '../../commands/objects/write-command.ts';
import { K8S } from './write-tools.ts';

const fields = z.strictObject({ cluster: placeFields.cluster, name: anyObjectName.describe('Name of the node.') });
/** The kubelet runs these from files of the node, and the API server cannot end them. */
const MIRROR = 'kubernetes.io/config.mirror';
const MOST = 200;

export const drain: Action<typeof fields> = {
  name: 'drain',
  fields,
  async draft(context, asked) {
    const cordoned = await drafted(context, { ...asked, kind: 'nodes.v1' }, () => ({
      how: 'merge',
      patch: { spec: { unschedulable: true } },
    }));
    const evictions = await Promise.all(cordoned.map(({ at }) => evictionsOn(context, at)));
    return [...cordoned, ...evictions.flat()];
  },
};

/** The pods of a node that have to go elsewhere. Errors: NOT_APPLICABLE if one of them would not come back. */
async function evictionsOn(context: CommandContext, { cluster, name }: ObjectAt): Promise<readonly Draft[]> {
  const kind = await kindIn(context, cluster, 'pods.v1');
  const { items, next } = await context.ports.clusterObjects.page(
    { cluster, kind },
    { limit: MOST, fieldSelector: `spec.nodeName=${name}` },
  );
  if (next !== undefined)
    throw new SluiceError('NOT_APPLICABLE', `Node ${name} has more than ${plural(MOST, 'pod')}, so it is not drained.`);
  const leaving = items.filter(mustLeave);
  const alone = leaving.filter((pod) => (metaOf(pod).ownerReferences ?? []).length === 0).map(nameOf);
  if (alone.length > 0)
    throw new SluiceError('NOT_APPLICABLE', `No controller would start ${alone.join(', ')} again elsewhere.`, {
      next: 'Delete these pods with k8s_delete if they are not needed, and plan again.',
    });
  return leaving.map((pod) => {
    const { namespace, name: pods } = metaOf(pod);
    return {
      at: { cluster, kind, namespace, name: pods },
      before: pod,
      write: { how: 'evict' },
      warnings: lossOf(pod),
    };
  });
}

/** Pods of a DaemonSet return to the node at once, and those that have ended need no place. */
function mustLeave(pod: ApiObject): boolean {
  const { ownerReferences = [], annotations = {} } = metaOf(pod);
  const ended = ['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase') ?? '');
  return !ended && annotations[MIRROR] === undefined && !ownerReferences.some(({ kind }) => kind === 'DaemonSet');
}

function lossOf(pod: ApiObject): readonly string[] {
  const lost = recordsAt(pod, 'spec', 'volumes').some((volume) => Object.hasOwn(volume, 'emptyDir'));
  return lost ? ['The data in its emptyDir volumes is lost.'] : [];
}

function nameOf(pod: ApiObject): string {
  const { namespace = '', name } = metaOf(pod);
  return `${namespace}/${name}`;
}

export const k8sDrain = writeCommand(K8S, drain, {
  title: 'Drain a node',
  description:
    'Keeps new pods off a node and evicts its pods, as k8s_plan has shown them. Budgets are respected: what they keep is named, and a further drain goes on. Pods of DaemonSets stay. Needs confirm.',
  kind: 'destructive',
  // A node serves every namespace.
  needs: 'admin',
  positional: ['name'],
  example: {
    title: 'Drain the node worker-1',
    input: { name: 'worker-1', digest: '0123456789abcdef', confirm: 'Node worker-1' },
  },
});

import { z } from 'zod';
import { anyObjectName } from '../../contract/cluster-object.ts';
import { placeFields } from '../../contract/place.ts';
import type { Action } from '../../commands/objects/draft.ts';
import { drafted } from '../../commands/objects/drafted.ts';

const fields = z.strictObject({ cluster: placeFields.cluster, name: anyObjectName.describe('Name of the node.') });

/** Whether new pods may be placed on a node. */
export function schedulingAction(name: string, unschedulable: boolean): Action<typeof fields> {
  return {
    name,
    fields,
    draft: (context, asked) =>
      drafted(context, { ...asked, kind: 'nodes.v1' }, () => ({
        how: 'merge',
        patch: { spec: { unschedulable: unschedulable ? true : null } },
      })),
  };
}

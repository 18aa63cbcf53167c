import { z } from 'zod';
import { objectFields } from '../../contract/cluster-object.ts';
import type { Action } from './draft.ts';
import { drafted } from './drafted.ts';
import { referrersOf } from './referrers.ts';
import { writeCommand } from './write-command.ts';

const fields = z.strictObject(objectFields);
const SHOWN = 10;

export const remove: Action<typeof fields> = {
  name: 'delete',
  fields,
  async draft(context, asked) {
    const drafts = await drafted(context, asked, () => ({ how: 'delete' }), 'delete');
    return Promise.all(
      drafts.map(async (draft) => {
        const { referrers } =
          draft.before && draft.at.namespace !== undefined
            ? await referrersOf(context, draft.at, draft.before)
            : { referrers: [] };
        const texts = referrers.map(({ kind, name, how }) => `${kind} ${name} ${how}.`);
        const more = texts.length - SHOWN;
        return {
          ...draft,
          warnings: [...texts.slice(0, SHOWN), ...(more > 0 ? [`And ${more} further objects.`] : [])],
        };
      }),
    );
  },
};

export const k8sDelete = writeCommand(remove, {
  title: 'Delete an object',
  description:
    'Deletes one object and what it owns, exactly the one that k8s_plan has shown. Needs confirm. Refused while a release owns it.',
  kind: 'destructive',
  positional: ['kind', 'name'],
  example: {
    title: 'Delete the Deployment shop',
    input: {
      kind: 'deployments',
      namespace: 'shop',
      name: 'shop',
      digest: '0123456789abcdef',
      confirm: 'Deployment shop/shop',
    },
  },
});

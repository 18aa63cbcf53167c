import { z } from 'zod';
import { objectFields } from '../../contract/cluster-object.ts';
import type { CommandContext } from '../../commands/command.ts';
import type { Action, Draft } from '../../commands/objects/draft.ts';
import { drafted } from '../../commands/objects/drafted.ts';
import { isNamespace } from '../../commands/objects/located.ts';
import { referrersOf } from './referrers.ts';
import { writeCommand } from '../../commands/objects/write-command.ts';
import { K8S } from './write-tools.ts';

const fields = z.strictObject(objectFields);
const SHOWN = 10;

export const remove: Action<typeof fields> = {
  name: 'delete',
  fields,
  async draft(context, asked) {
    const drafts = await drafted(context, asked, () => ({ how: 'delete' }), 'delete');
    return Promise.all(drafts.map(async (draft) => ({ ...draft, warnings: await lossesOf(context, draft) })));
  },
};

/** What is lost with an object, and what refers to it. */
async function lossesOf(context: CommandContext, { at, before }: Draft): Promise<readonly string[]> {
  if (isNamespace(at.kind)) return [`Every object in the namespace ${at.name} is deleted with it.`];
  if (at.kind.plural === 'customresourcedefinitions')
    return [`Every object of the kind ${at.name} is deleted with it.`];
  if (!before || at.namespace === undefined) return [];
  const { referrers } = await referrersOf(context, at, before);
  const texts = referrers.map(({ kind, name, how }) => `${kind} ${name} ${how}.`);
  const more = texts.length - SHOWN;
  return [...texts.slice(0, SHOWN), ...(more > 0 ? [`And ${more} further objects.`] : [])];
}

export const k8sDelete = writeCommand(K8S, remove, {
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

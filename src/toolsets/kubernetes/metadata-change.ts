import { z } from 'zod';
import { objectFields } from '../../contract/cluster-object.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { Action } from '../../commands/objects/draft.ts';
import { drafted } from '../../commands/objects/drafted.ts';

/** The mark of a release is written by releases only. */
const OURS = /^sluice\.dev\//;
const key = z
  .string()
  .regex(
    /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[a-zA-Z0-9]([\w.-]{0,61}[a-zA-Z0-9])?$/,
    'must be a key, as in app.kubernetes.io/name',
  );

/** The fields of k8s_label and k8s_annotate. */
const fields = z.strictObject({
  ...objectFields,
  values: z.record(key, z.string().max(10_000)).optional().describe('Keys with their new values.'),
  remove: z.array(key).max(100).optional().describe('Keys to remove.'),
});

/** Sets and removes entries of the labels or the annotations of one object. Errors: INVALID_INPUT. */
export function metadataAction(name: string, part: 'labels' | 'annotations'): Action<typeof fields> {
  return {
    name,
    fields,
    draft(context, { values = {}, remove = [], ...asked }) {
      const keys = [...Object.keys(values), ...remove];
      if (keys.length === 0)
        throw new SluiceError('INVALID_INPUT', 'values: give keys with values, or keys to remove.');
      const reserved = keys.find((one) => OURS.test(one));
      if (reserved !== undefined)
        throw new SluiceError('INVALID_INPUT', `values: ${reserved} belongs to releases, and only they write it.`);
      const gone = Object.fromEntries(remove.map((one) => [one, null]));
      return drafted(context, asked, () => ({ how: 'merge', patch: { metadata: { [part]: { ...gone, ...values } } } }));
    },
  };
}

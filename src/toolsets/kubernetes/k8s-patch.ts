import { z } from 'zod';
import { objectFields } from '../../contract/cluster-object.ts';
import { isRecord, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { Action } from '../../commands/objects/draft.ts';
import { drafted } from '../../commands/objects/drafted.ts';
import { objectsIn } from '../../commands/objects/yaml-text.ts';
import { writeCommand } from '../../commands/objects/write-command.ts';
import { K8S } from './write-tools.ts';

const fields = z.strictObject({
  ...objectFields,
  patch: z.string().min(1).max(200_000).describe('Merge patch (RFC 7386) as YAML or JSON; null removes a field.'),
});
/** The name and the version say which object is meant. Status and owners are written by controllers. */
const FIXED: readonly string[] = ['name', 'namespace', 'uid', 'resourceVersion', 'ownerReferences', 'managedFields'];

export const patch: Action<typeof fields> = {
  name: 'patch',
  fields,
  draft(context, { patch: text, ...asked }) {
    const body = checked(text);
    return drafted(context, asked, () => ({ how: 'merge', patch: body }));
  },
};

/** Errors: INVALID_INPUT. */
function checked(text: string): ApiObject {
  const [body = {}, ...more] = objectsIn('patch', text);
  const metadata = isRecord(body['metadata']) ? body['metadata'] : {};
  const annotations = isRecord(metadata['annotations']) ? Object.keys(metadata['annotations']) : [];
  const wrong = [
    ...(more.length > 0 ? ['it has more than one document'] : []),
    ...['apiVersion', 'kind', 'status'].filter((key) => Object.hasOwn(body, key)).map((key) => `it sets ${key}`),
    ...FIXED.filter((key) => Object.hasOwn(metadata, key)).map((key) => `it sets metadata.${key}`),
    ...(metadata['annotations'] === null ? ['it removes all annotations'] : []),
    ...annotations.filter((key) => key.startsWith('sluice.dev/')).map((key) => `${key} belongs to releases`),
  ];
  if (wrong.length === 0) return body;
  throw new SluiceError('INVALID_INPUT', `patch: ${wrong.join(', ')}.`);
}

export const k8sPatch = writeCommand(K8S, patch, {
  title: 'Patch an object',
  description:
    'Changes fields of one object by a merge patch, as k8s_plan has shown it. Lists are replaced as a whole. The status cannot be written.',
  kind: 'write',
  positional: ['kind', 'name'],
  example: {
    title: 'A longer deadline for shop',
    input: {
      kind: 'deployments',
      namespace: 'shop',
      name: 'shop',
      patch: 'spec: {progressDeadlineSeconds: 300}',
      digest: '0123456789abcdef',
    },
  },
});

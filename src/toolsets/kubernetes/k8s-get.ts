import { z } from 'zod';
import { DEFAULT_BYTES, fieldPath, maxBytes, objectFields, partsOf } from '../../contract/cluster-object.ts';
import { parse } from '../../contract/parse.ts';
import { isRecord, valueAt } from '../../domain/cluster-objects/api-object.ts';
import { fitted } from '../../domain/cluster-objects/fitted.ts';
import { maskedObject } from '../../domain/cluster-objects/masked-object.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { Command } from '../../commands/command.ts';
import { identityOf, located, objectText } from '../../commands/objects/located.ts';

const input = z.strictObject({
  ...objectFields,
  field: fieldPath
    .optional()
    .describe('Only this part, as in spec.template or metadata.labels[app.kubernetes.io/name].'),
  max_bytes: maxBytes,
});
const output = z.strictObject({
  kind: z.string(),
  api_version: z.string(),
  namespace: z.string().optional(),
  name: z.string(),
  object: z.record(z.string(), z.unknown()).describe('The object, or {value} with the part that `field` names.'),
  left_out: z.array(z.string()).describe('The parts that were too large; read one with field.'),
});

export const k8sGet: Command<typeof input, typeof output> = {
  name: 'k8s_get',
  title: 'Read one object of any kind',
  description:
    'One object of any kind, read live, without managed fields and with secrets masked. What is too large for the answer is named in left_out.',
  kind: 'read',
  idempotent: true,
  toolset: 'kubernetes',
  prefix: 'k8s',
  positional: ['kind', 'name'],
  input,
  output,
  examples: [
    { title: 'A Deployment', input: { kind: 'deployments', namespace: 'shop', name: 'shop' } },
    {
      title: 'One part of it',
      input: { kind: 'deployments', namespace: 'shop', name: 'shop', field: 'spec.template.spec' },
    },
  ],
  check: (raw) => parse(input, raw ?? {}),
  async run(context, asked) {
    const at = await located(context, asked);
    const object = maskedObject(await context.ports.clusterObjects.read(at));
    const part = asked.field === undefined ? object : partOf(object, asked.field, objectText(at));
    const { value, leftOut } = fitted(part, asked.max_bytes ?? DEFAULT_BYTES);
    return {
      ...identityOf(at),
      object: isRecord(value) && asked.field === undefined ? value : { value },
      left_out: [...leftOut],
    };
  },
  text: ({ object, left_out: leftOut }) =>
    [
      JSON.stringify(object, null, 1),
      ...(leftOut.length > 0 ? [`Left out: ${leftOut.join('; ')}. Read a part with field, or raise max_bytes.`] : []),
    ].join('\n'),
};

function partOf(object: Readonly<Record<string, unknown>>, field: string, what: string): unknown {
  const part = valueAt(object, partsOf(field));
  if (part !== undefined) return part;
  throw new SluiceError('UNKNOWN_NAME', `${what} has no field ${field}.`, {
    next: `Its fields at the top are ${Object.keys(object).join(', ')}.`,
  });
}

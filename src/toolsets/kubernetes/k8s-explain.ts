import { z } from 'zod';
import { DEFAULT_BYTES, fieldPath, kindName, maxBytes, partsOf } from '../../contract/cluster-object.ts';
import { nearest } from '../../contract/nearest.ts';
import { parse } from '../../contract/parse.ts';
import { placeFields } from '../../contract/place.ts';
import { apiVersionOf } from '../../domain/cluster-objects/api-kind.ts';
import { fitted } from '../../domain/cluster-objects/fitted.ts';
import { explained, fieldSchema, schemaOf } from '../../domain/cluster-objects/schema-fields.ts';
import { SluiceError } from '../../domain/errors.ts';
import { touchesNothing, type Command } from '../../commands/command.ts';
import { clusterOf, kindIn } from '../../commands/objects/located.ts';

const input = z.strictObject({
  cluster: placeFields.cluster,
  kind: kindName,
  field: fieldPath.optional().describe('A part of it, as in spec.template.spec.'),
  max_bytes: maxBytes,
});
const output = z.strictObject({
  kind: z.string(),
  api_version: z.string(),
  field: z.string().optional(),
  type: z.string(),
  description: z.string(),
  fields: z.array(
    z.strictObject({ name: z.string(), type: z.string(), required: z.boolean(), description: z.string() }),
  ),
  left_out: z.array(z.string()),
});

export const k8sExplain: Command<typeof input, typeof output> = {
  name: 'k8s_explain',
  title: 'Explain the fields of a kind',
  description:
    'The fields of a kind with type, description and whether they are required, from the OpenAPI document of the cluster itself.',
  kind: 'read',
  idempotent: true,
  toolset: 'kubernetes',
  prefix: 'k8s',
  positional: ['kind'],
  input,
  output,
  examples: [{ title: 'The strategy of a Deployment', input: { kind: 'deployments', field: 'spec.strategy' } }],
  check: (raw) => parse(input, raw ?? {}),
  touches: touchesNothing,
  async run(context, { field, max_bytes: max = DEFAULT_BYTES, ...asked }) {
    const cluster = await clusterOf(context, asked.cluster);
    const kind = await kindIn(context, cluster, asked.kind);
    const schemas = await context.ports.clusterObjects.schemas(cluster, kind);
    const root = schemaOf(schemas, kind);
    if (!root) throw noSchema(kind.kind);
    const { schema, known } = fieldSchema(schemas, root, field === undefined ? [] : partsOf(field));
    if (!schema) throw noField(kind.kind, field ?? '', known);
    const { value, leftOut } = fitted(explained(schemas, schema), max);
    return {
      kind: kind.kind,
      api_version: apiVersionOf(kind),
      ...(field === undefined ? {} : { field }),
      ...value,
      fields: [...value.fields],
      left_out: [...leftOut],
    };
  },
  text: ({ kind, field, type, description, fields, left_out: leftOut }) =>
    [
      `${kind}${field === undefined ? '' : `.${field}`} (${type}): ${description}`,
      ...fields.map((one) => `  ${one.name} (${one.type}${one.required ? ', required' : ''}): ${one.description}`),
      ...(leftOut.length > 0 ? [`Left out: ${leftOut.join('; ')}. Name one with field, or raise max_bytes.`] : []),
    ].join('\n'),
};

function noSchema(kind: string): SluiceError {
  return new SluiceError('OBJECT_NOT_FOUND', `The cluster publishes no schema of ${kind}.`, {
    next: 'Look at an object of the kind with k8s_get.',
  });
}

function noField(kind: string, field: string, known: readonly string[]): SluiceError {
  const near = nearest(field.split('.').at(-1) ?? '', known);
  return new SluiceError('UNKNOWN_NAME', `${kind} has no field ${field}.${near ? ` Did you mean ${near}?` : ''}`, {
    next:
      known.length > 0
        ? `The fields at this place are ${known.slice(0, 40).join(', ')}.`
        : 'The value there has no fields.',
  });
}

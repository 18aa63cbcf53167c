import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import { describe, FIELD_MANAGER } from '../../adapters/kubernetes/kinds.ts';
import type { ObjectRef } from '../../adapters/kubernetes/kinds.ts';
import { plainLine } from '../../adapters/kubernetes/text.ts';

const Managed = z.object({
  metadata: z.object({
    managedFields: z
      .array(
        z.object({
          manager: z.string().default('unknown'),
          time: z.string().optional(),
          fieldsV1: z.record(z.string(), z.unknown()).default({}),
        }),
      )
      .default([]),
  }),
});

/**
 * Argo Rollouts reads the whole object, changes weights and writes it back, so the fields of other managers stay
 * (tried).
 */
const KEEPS_OTHERS_FIELDS = new Set(['rollouts-controller']);

/**
 * Other managers of a field. Source: k8s.io/apimachinery, pkg/apis/meta/v1/types.go (FieldsV1). Traefik's CRDs give
 * their lists no x-kubernetes-list-type. A list therefore has one owner as a whole, and applying one entry means
 * applying all of them.
 */
export function otherManagers(object: unknown, path: readonly string[]): readonly string[] {
  const { managedFields } = Managed.parse(object).metadata;
  const owning = managedFields
    .filter(({ fieldsV1 }) => owns(fieldsV1, path))
    .map(({ manager }) => plainLine(manager, 60));
  return [...new Set(owning)].filter((manager) => manager !== FIELD_MANAGER && !KEEPS_OTHERS_FIELDS.has(manager));
}

/**
 * The newest writer of a field besides Sluice, with the time (ISO 8601) as the API server noted it. Undefined: nobody
 * else owns the field.
 */
export function lastWriter(
  object: unknown,
  path: readonly string[],
): { readonly manager: string; readonly time?: string } | undefined {
  const others = Managed.parse(object).metadata.managedFields.filter(
    ({ manager, fieldsV1 }) => manager !== FIELD_MANAGER && owns(fieldsV1, path),
  );
  const [last] = others.sort((a, b) => ((a.time ?? '') < (b.time ?? '') ? 1 : -1));
  return last && { manager: plainLine(last.manager, 60), ...(last.time !== undefined && { time: last.time }) };
}

function owns(fields: unknown, [head, ...rest]: readonly string[]): boolean {
  if (head === undefined) return true;
  const inner = (fields as Record<string, unknown> | undefined)?.[`f:${head}`];
  return inner !== undefined && owns(inner, rest);
}

/**
 * The API server accepts a JSON patch from any field manager, so this function applies the rule of server-side apply.
 * Errors: FIELD_CONFLICT.
 */
export function refuseForeign(object: unknown, ref: ObjectRef, path: readonly string[], takeOver: boolean): void {
  const managers = otherManagers(object, path);
  if (takeOver || managers.length === 0) return;
  throw new SluiceError('FIELD_CONFLICT', `${managers.join(' and ')} manages ${path.join('.')} of ${describe(ref)}.`, {
    details: { managers, fields: [path.join('.')] },
  });
}

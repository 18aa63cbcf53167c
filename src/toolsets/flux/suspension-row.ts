import { z } from 'zod';
import type { ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { titleOf } from '../../domain/cluster-objects/object-ref.ts';
import { suspensionOf } from '../../domain/flux/suspension.ts';

export const suspensionFields = {
  by: z.string().optional().describe('The caller of flux_suspend, or the field manager that wrote it.'),
  reason: z.string().optional(),
  since: z.string().optional(),
  until: z.string().optional().describe('Flux does not end it by itself.'),
  forgotten: z.string().optional().describe('Why it counts as forgotten.'),
};
export const suspensionRow = z.strictObject({ object: z.string(), ...suspensionFields });
export type SuspensionRow = z.output<typeof suspensionRow>;

/** The suspensions that count as forgotten. */
export function forgottenIn(objects: readonly ApiObject[], now: number): readonly SuspensionRow[] {
  return objects.flatMap((object) => {
    const known = suspensionOf(object, now);
    return known?.forgotten === undefined ? [] : [{ object: titleOf(object), ...known }];
  });
}

/** A sentence that begins with "suspended". */
export function suspensionText({ by, reason, since, until, forgotten }: Omit<SuspensionRow, 'object'>): string {
  const parts = [
    by === undefined ? 'suspended' : `suspended by ${by}`,
    ...(since === undefined ? [] : [`since ${since}`]),
    ...(until === undefined ? [] : [`until ${until}`]),
    ...(reason === undefined ? [] : [`because: ${reason}`]),
  ];
  return `${parts.join(', ')}.${forgotten === undefined ? '' : ` Forgotten: ${forgotten}`}`;
}

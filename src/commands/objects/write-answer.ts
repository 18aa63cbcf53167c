import { z } from 'zod';
import { EFFECTIVE } from '../../domain/effect.ts';
import { fitted } from '../../domain/cluster-objects/fitted.ts';
import { differenceText } from '../../domain/cluster-objects/differences.ts';
import type { Manager } from '../../domain/cluster-objects/managing-tool.ts';
import { identityOf } from './located.ts';
import type { PlannedChange } from './draft.ts';

export const difference = z.strictObject({ path: z.string(), from: z.string().optional(), to: z.string().optional() });

export const managedBy = z.strictObject({ tool: z.string(), what: z.string(), will_do: z.string() });

export const toManagedBy = ({ tool, what, willDo }: Manager): z.output<typeof managedBy> => ({
  tool,
  what,
  will_do: willDo,
});

const touchedObject = z.strictObject({
  kind: z.string(),
  api_version: z.string(),
  namespace: z.string().optional(),
  name: z.string(),
  what: z.enum(['create', 'change', 'delete', 'nothing']),
});

export const plannedObject = touchedObject.extend({
  changes: z.array(difference).optional().describe('Each field; secrets are masked.'),
  managed_by: z.array(managedBy).optional(),
  warnings: z.array(z.string()).optional(),
  left_out: z.number().optional().describe('Number of further changes.'),
});
export type PlannedObject = z.output<typeof plannedObject>;

export const writeOutput = z.strictObject({
  changed: z.boolean(),
  effective: z.enum(EFFECTIVE).describe('proved: read back; pending: not yet, reason says what is missing.'),
  reason: z.string(),
  // The plan has shown what changes in them.
  objects: z.array(touchedObject),
  next: z.string().optional(),
});
export type WriteOutput = z.output<typeof writeOutput>;

const MAX_BYTES = 6000;

const deletes = ({ how }: PlannedChange['write']): boolean => how === 'delete' || how === 'evict';

type Touching = Pick<PlannedChange, 'at' | 'before' | 'write' | 'changes'>;

/** An object that a write has touched, and how. */
export function toTouchedObject({ at, before, write, changes }: Touching): z.output<typeof touchedObject> {
  const what = deletes(write) ? 'delete' : !before ? 'create' : changes.length > 0 ? 'change' : 'nothing';
  return { ...identityOf(at), what };
}

export function toPlannedObjects(changes: readonly PlannedChange[]): PlannedObject[] {
  const share = Math.floor(MAX_BYTES / Math.max(1, changes.length));
  return changes.map((change) => toPlannedObject(change, Math.max(300, share)));
}

function toPlannedObject(
  { at, before, write, changes, managers, warnings = [] }: PlannedChange,
  max: number,
): PlannedObject {
  const shown = deletes(write) ? [] : fitted(changes, max).value;
  return {
    ...toTouchedObject({ at, before, write, changes }),
    ...(shown.length > 0 ? { changes: shown.map((one) => ({ ...one })) } : {}),
    ...(managers.length > 0 ? { managed_by: managers.map(toManagedBy) } : {}),
    ...(warnings.length > 0 ? { warnings: [...warnings] } : {}),
    ...(shown.length < changes.length && !deletes(write) ? { left_out: changes.length - shown.length } : {}),
  };
}

export function objectLines({
  kind,
  namespace,
  name,
  what,
  changes = [],
  managed_by: managers = [],
  warnings = [],
  left_out: more,
}: PlannedObject) {
  return [
    `${what} ${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`,
    ...changes.map((change) => `  ${differenceText(change)}`),
    ...(more === undefined ? [] : [`  and ${more} further changes`]),
    ...managers.map(({ tool, what: source, will_do: willDo }) => `  managed by ${tool} (${source}). ${willDo}`),
    ...warnings.map((warning) => `  ${warning}`),
  ];
}

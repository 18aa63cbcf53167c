import type { PatchOperation } from '../../src/adapters/kubernetes/cluster-client.ts';

type Container = Record<string, unknown>;

/**
 * Applies an RFC 6902 patch to `document` in place. Returns why it does not apply. Then `document` may be partly
 * changed.
 */
export function applyJsonPatch(document: object, operations: readonly PatchOperation[]): string | undefined {
  for (const operation of operations) {
    const problem = applyOne(document, operation);
    if (problem) return `${operation.op} ${operation.path}: ${problem}`;
  }
  return undefined;
}

function applyOne(document: object, operation: PatchOperation): string | undefined {
  const keys = operation.path
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = keys.pop() as string;
  const parent = keys.reduce<unknown>((value, key) => (value as Container | undefined)?.[key], document) as
    | Container
    | undefined;
  if (typeof parent !== 'object' || parent === null) return 'no such path';
  if (Array.isArray(parent)) return applyToList(parent, last, operation);
  if (operation.op === 'add') parent[last] = operation.value;
  // As in the API server, a test for null passes when the field is absent.
  else if (!(last in parent)) return operation.op === 'test' && operation.value === null ? undefined : 'no such path';
  else if (operation.op === 'remove') delete parent[last];
  else if (operation.op === 'replace') parent[last] = operation.value;
  else if (JSON.stringify(parent[last]) !== JSON.stringify(operation.value)) return 'test failed';
  return undefined;
}

/** `add` inserts, `-` is the position after the last element, `remove` closes the gap. */
function applyToList(list: unknown[], last: string, operation: PatchOperation): string | undefined {
  const index = last === '-' ? list.length : Number(last);
  if (operation.op === 'add' ? index > list.length : index >= list.length) return 'no such path';
  if (operation.op === 'add') list.splice(index, 0, operation.value);
  else if (operation.op === 'remove') list.splice(index, 1);
  else if (operation.op === 'replace') list[index] = operation.value;
  else if (JSON.stringify(list[index]) !== JSON.stringify(operation.value)) return 'test failed';
  return undefined;
}

/** Applies an RFC 7386 merge patch to `target` in place. */
export function applyMergePatch(target: Container, patch: Container): void {
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete target[key];
    else if (typeof value === 'object' && !Array.isArray(value))
      applyMergePatch((target[key] ??= {}) as Container, value as Container);
    else target[key] = value;
  }
}

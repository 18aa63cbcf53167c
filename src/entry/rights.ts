import type { Right } from '../commands/toolset.ts';
import { TOOLSETS } from '../toolsets/index.ts';

/** A right, with the toolsets or single tools that need it. */
export type NeededRight = Right & { readonly tools: readonly string[] };

/**
 * Every right that Sluice uses: those of all toolsets together. deploy/rbac.yaml grants exactly these. Tests run each
 * tool with these rights only, and `sluice doctor` lists missing ones.
 */
export const RIGHTS: readonly NeededRight[] = join(
  TOOLSETS.flatMap(({ name, rights }) => rights.map((right) => ({ ...right, tools: right.tools ?? [name] }))),
);

/** One entry for each resource, role and set of users. */
function join(rights: readonly NeededRight[]): readonly NeededRight[] {
  const verbs = rights.flatMap((right) => right.verbs.map((verb) => ({ ...right, verbs: [verb] })));
  const users = merge(
    verbs,
    (one) => `${place(one)} ${one.verbs.join()}`,
    (a, b) => ({ ...a, tools: union(a.tools, b.tools) }),
  );
  return merge(
    users,
    (one) => `${place(one)} ${one.tools.join()}`,
    (a, b) => ({ ...a, verbs: union(a.verbs, b.verbs) }),
  );
}

function merge(
  rights: readonly NeededRight[],
  keyOf: (right: NeededRight) => string,
  both: (a: NeededRight, b: NeededRight) => NeededRight,
): readonly NeededRight[] {
  const found = new Map<string, NeededRight>();
  for (const right of rights) {
    const key = keyOf(right);
    const known = found.get(key);
    found.set(key, known ? both(known, right) : right);
  }
  return [...found.values()];
}

function place({ role, group, resource, subresource = '' }: Right): string {
  return `${role} ${group} ${resource}/${subresource}`;
}

function union(a: readonly string[], b: readonly string[]): readonly string[] {
  return [...new Set([...a, ...b])];
}

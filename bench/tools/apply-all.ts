import type { clientOf } from '../../sandbox/apps/applications.ts';

const AT_ONCE = 16;

/** Applies many objects. `all`: the path of their kind in their namespace. */
export async function applyAll(
  api: ReturnType<typeof clientOf>,
  all: string,
  names: readonly string[],
  objectOf: (name: string) => object,
): Promise<void> {
  const rest = [...names];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let name = rest.pop(); name; name = rest.pop()) await api.apply(`${all}/${name}`, objectOf(name));
    }),
  );
}

type Methods = Record<string, (...args: unknown[]) => unknown>;

/**
 * An object whose methods load the real one at the first call. It is for objects with asynchronous methods only. An
 * interface can then start at once, and a system's packages are loaded when a call needs that system.
 */
export function deferred<T extends object>(load: () => Promise<T>): T {
  let loaded: Promise<T> | undefined;
  const get = (_: object, name: string | symbol): unknown => {
    // An await of the object must not load anything.
    if (typeof name === 'symbol' || name === 'then') return undefined;
    return async (...args: unknown[]) => ((await (loaded ??= load())) as Methods)[name]?.(...args);
  };
  return new Proxy({}, { get }) as T;
}

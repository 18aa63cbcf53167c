type Methods = Record<string, (...args: unknown[]) => unknown>;

/** The members of an object that are not asynchronous methods. They cannot be loaded at their first call. */
type Members<T> = {
  readonly [K in keyof T as T[K] extends (...args: never[]) => Promise<unknown> ? never : K]: T[K];
};

/**
 * An object whose methods load the real one at the first call. An interface can then start at once, and a system's
 * packages are loaded when a call needs that system. `members`: everything of it that is not an asynchronous method.
 */
export function deferred<T extends object>(load: () => Promise<T>, members: Members<T>): T {
  let loaded: Promise<T> | undefined;
  const get = (own: object, name: string | symbol): unknown => {
    // An await of the object must not load anything.
    if (typeof name === 'symbol' || name === 'then') return undefined;
    if (Object.hasOwn(own, name)) return Reflect.get(own, name);
    return async (...args: unknown[]) => ((await (loaded ??= load())) as Methods)[name]?.(...args);
  };
  return new Proxy(members, { get }) as T;
}

/**
 * Lets at most so many of the given tasks run at once; the others wait in the order in which they came. A task that
 * fails makes room as one that ends well.
 */
export function inTurn(most: number): <T>(task: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (task) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await task();
    } finally {
      // The place goes to the next one, or is free again.
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}

import { CancellationScope } from '@temporalio/workflow';

/**
 * The first of several waits. The others are cancelled and have ended when this returns: none of them acts later, not
 * even one that came true in the same moment, and the opposite of what they did may begin at once.
 */
export async function first<T>(waits: () => Promise<T>[]): Promise<T> {
  const scope = new CancellationScope();
  let all: Promise<T>[] = [];
  try {
    return await scope.run(() => {
      all = waits();
      return Promise.race(all);
    });
  } finally {
    scope.cancel();
    await Promise.allSettled(all);
  }
}

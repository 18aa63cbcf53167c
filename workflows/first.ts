import { CancellationScope } from '@temporalio/workflow';

/**
 * Returns the first of several waits. The others are cancelled and have ended when this returns, even one that
 * completed at the same moment. The opposite action may therefore begin at once.
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

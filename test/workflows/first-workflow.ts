import { CancellationScope, CancelledFailure, condition, sleep } from '@temporalio/workflow';
import { first } from '../../workflows/first.ts';
import { ReleaseClock } from '../../workflows/clock.ts';

/** What two waits did that come true in the same moment: up to the return of `first`, and in the second after it. */
export async function twoAtOnce(): Promise<{ first: string; before: string[]; after: string[] }> {
  const done: string[] = [];
  let go = false;
  const wait = async (name: string, turns: number) => {
    await condition(() => go);
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    done.push(name);
    return name;
  };
  void sleep(1).then(() => (go = true));
  const won = await first(() => [wait('quick', 0), wait('slow', 20)]);
  const before = [...done];
  await sleep(1_000);
  return { first: won, before, after: done.slice(before.length) };
}

/** A clock does not let something go on that was cancelled in the very moment. */
export async function cancelledOnTheClock(): Promise<boolean> {
  const scope = new CancellationScope();
  scope.cancel();
  const running = scope.run(() => new ReleaseClock().running());
  return running.then(
    () => false,
    (error: unknown) => error instanceof CancelledFailure,
  );
}

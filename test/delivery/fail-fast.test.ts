import { expect, test } from '@jest/globals';
import { start } from '../../src/delivery/advance.ts';
import type { Move } from '../../src/delivery/move.ts';
import { podsNeverReady, type PodState } from '../../src/domain/pods.ts';

const pod = (changes: Partial<PodState>): PodState => ({ name: 'web-1', ready: false, restarts: 0, ...changes });
const MISSING = pod({ reason: 'ImagePullBackOff', message: 'Back-off pulling image "shop:v9": not found' });
const CRASHING = pod({ reason: 'CrashLoopBackOff', restarts: 3, exitCode: 1 });

test.each([
  ['an image that does not exist', MISSING, true],
  ['a name that is no image', pod({ reason: 'InvalidImageName' }), true],
  ['a registry that is away', pod({ reason: 'ErrImagePull', message: 'dial tcp: i/o timeout' }), false],
  ['so many restarts', CRASHING, true],
  ['fewer restarts', pod({ reason: 'CrashLoopBackOff', restarts: 2 }), false],
  ['a pod that is ready again', pod({ ready: true, restarts: 9 }), false],
  ['a pod that cannot be scheduled yet', pod({ reason: 'Unschedulable' }), false],
])('%s can never get ready: %o', (_, one, never) => {
  expect(podsNeverReady({ pods: [pod({ ready: true }), one] }, 3) !== undefined).toBe(never);
});

/** Starts a version whose pods stay as they are; undefined: it went on waiting. */
async function started(pods: () => Promise<{ pods: PodState[] }>, failFast?: { restarts: number }) {
  let looks = 0;
  const move = {
    world: {
      now: () => looks * 1_000,
      workload: {
        setImage: async () => ({ changed: true, detail: '' }),
        read: async () => ({ images: { app: 'shop:v2' }, podHash: 'new', stableHash: 'old', phase: 'Progressing' }),
        pods,
      },
    },
    scene: {
      target: {},
      plan: { container: 'app', fromImage: 'shop:v1', toImage: 'shop:v2', stableHash: 'old', failFast },
    },
    wait: async (look: () => Promise<unknown>) => {
      for (looks = 0; looks < 10; looks += 1) {
        const found = await look();
        if (found !== undefined) return found;
      }
      return undefined;
    },
  } as unknown as Move;
  return start(move, () => false);
}

test('a release that says so ends as soon as its version can never get ready, with the reason', async () => {
  expect(await started(async () => ({ pods: [CRASHING] }), { restarts: 3 })).toEqual({
    kind: 'failed',
    detail: 'the new version cannot get ready: CrashLoopBackOff, exit code 1, 3 restarts',
  });
});

test('a release that says nothing waits for the deadline of its step', async () => {
  expect(await started(async () => ({ pods: [CRASHING] }))).toBeUndefined();
});

test('pods that cannot be read end nothing, and are asked for every two seconds', async () => {
  let asked = 0;
  const away = async () => {
    asked += 1;
    throw new Error('no answer');
  };
  expect(await started(away, { restarts: 3 })).toBeUndefined();
  expect(asked).toBe(5);
});

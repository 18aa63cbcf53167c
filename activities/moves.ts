import type { Move } from '../src/delivery/move.ts';
import type {
  Advanced,
  BackOnStable,
  Restored,
  Settled,
  Started,
  Verified,
  Withdrawn,
} from '../src/domain/release/moves.ts';
import type { Scene } from '../src/domain/release/scene.ts';
import { verbsOf } from '../src/strategies/index.ts';

/** Creates the input of a strategy for one move of a release. Errors: those of Worlds.of. */
export type MoveOf = (scene: Scene) => Promise<Move>;

/** The verbs of the release's strategy, under the names in recorded histories. The caller bounds each of them. */
export const moveActivities = (moveOf: MoveOf) => ({
  start: async (scene: Scene): Promise<Started> => (await verbsOf(scene.strategy)).advance.start(await moveOf(scene)),

  shift: async ({ scene, index }: { scene: Scene; index: number }): Promise<Advanced> =>
    (await verbsOf(scene.strategy)).advance.shift(await moveOf(scene), index),

  verify: async ({ scene, wanted }: { scene: Scene; wanted: number }): Promise<Verified> =>
    (await verbsOf(scene.strategy)).observe.verify(await moveOf(scene), wanted),

  promote: async (scene: Scene): Promise<Advanced> =>
    (await verbsOf(scene.strategy)).finish.promote(await moveOf(scene)),

  settle: async (scene: Scene): Promise<Settled> => (await verbsOf(scene.strategy)).finish.settle(await moveOf(scene)),

  withdraw: async (scene: Scene): Promise<Withdrawn> =>
    (await verbsOf(scene.strategy)).undo.withdraw(await moveOf(scene)),

  awaitSettled: async (scene: Scene): Promise<BackOnStable> =>
    (await verbsOf(scene.strategy)).undo.settle(await moveOf(scene)),

  bringBack: async (scene: Scene): Promise<BackOnStable> =>
    (await verbsOf(scene.strategy)).undo.bringBack(await moveOf(scene)),

  restoreTemplate: async (scene: Scene): Promise<Restored> =>
    (await verbsOf(scene.strategy)).undo.restore(await moveOf(scene)),
});

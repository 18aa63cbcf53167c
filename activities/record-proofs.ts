import { Context } from '@temporalio/activity';
import type { WeightProof } from '../src/domain/release/proof.ts';
import { isChange, News } from './news.ts';
import type { Recorder } from './recorder.ts';
import type { Scene } from '../src/domain/release/scene.ts';

/** Is told of every weight that was read back. */
export type Witness = (scene: Scene, proof: WeightProof) => void;

/**
 * Keeps each reading that differs from the one before. An activity looks anew each time that it is tried, so its
 * readings are numbered
 * within the attempt: attempt and activity id are running numbers of the run.
 */
export function recordedProofs(recorder: Recorder): Witness {
  const news = new News();
  return (scene, proof) => {
    const { releaseId, runId } = scene.owner;
    const run = news.of(runId, proof.at);
    const { at, ...seen } = proof;
    if (!isChange(run, 'proof', seen, at, Infinity)) return;
    const { activityId, attempt } = Context.current().info;
    recorder.add([
      {
        releaseId,
        runId,
        key: `proof/${activityId}/${attempt}/${(run.count += 1)}`,
        kind: 'proof',
        at,
        data: { ...proof, step: scene.step ?? 0 },
      },
    ]);
  };
}

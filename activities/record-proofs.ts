import { chainOf } from '../src/domain/release/target.ts';
import { Context } from '@temporalio/activity';
import type { WeightProof } from '../src/domain/release/proof.ts';
import { RecordedRuns } from './recorded-runs.ts';
import type { Recorder } from './recorder.ts';
import type { Scene } from '../src/domain/release/scene.ts';

/** Called with every weight that was read back. */
export type Witness = (scene: Scene, proof: WeightProof) => void;

/**
 * Records each read that differs from the previous one. The key contains the activity id, the attempt and a number,
 * because a retried activity reads again.
 */
export function recordedProofs(recorder: Recorder): Witness {
  const runs = new RecordedRuns();
  return (scene, proof) => {
    const { releaseId } = scene.owner;
    const runId = chainOf(scene.owner);
    const run = runs.of(runId, proof.at);
    const { at, ...seen } = proof;
    if (run.unchanged('proof', seen, at, Infinity)) return;
    const { activityId, attempt } = Context.current().info;
    recorder.add([
      {
        releaseId,
        runId,
        key: `proof/${activityId}/${attempt}/${run.nextNumber()}`,
        kind: 'proof',
        at,
        data: { ...proof, step: scene.step ?? 0 },
      },
    ]);
  };
}

import { refusedAs, start } from '../../delivery/advance.ts';
import { argoWeightRules as rules } from '../../domain/release/argo-weights.ts';
import { settle } from '../../delivery/finish.ts';
import { isRefusal, preemption, readTarget, type Move, type Seen } from '../../delivery/move.ts';
import { awaitProof, observeWeight, type Observing } from '../../delivery/observe.ts';
import { undoWith, type Undoing } from '../../delivery/undo.ts';
import type { Advanced, MovedOn, Preempted } from '../../domain/release/moves.ts';
import type { PlanStep } from '../../domain/release/plan.ts';
import type { Scene } from '../../domain/release/scene.ts';
import type { Verbs } from '../strategy.ts';
import { hasFirstWeight, isAt, isBeyond } from './observation.ts';

export const advance: Verbs['advance'] = {
  start: (move) =>
    start(move, {
      isReady: (seen, { steps: [first] }) => first !== undefined && hasFirstWeight(seen, first),
      isPast: (seen) => seen.observed && seen.stableHash === seen.podHash,
    }),
  shift,
};

/** Waits until Argo has set the weight of step `index`. It may have gone on already. */
function shift(move: Move, index: number): Promise<Advanced> {
  const { scene } = move;
  const step = scene.plan.steps[index] as PlanStep;
  return move.wait(async () => {
    const seen = await readTarget(move);
    const left = leftOf(seen, scene, step);
    if (left) return left;
    return isAt(seen, scene.newHash as string, step)
      ? { kind: 'ready' as const, detail: `Argo has set weight ${step.weight}` }
      : undefined;
  });
}

/** Why the weight of `step` is over: another owner has the target, or Argo has gone on. */
function leftOf(seen: Seen, scene: Scene, step: PlanStep): Preempted | MovedOn | undefined {
  const preempted = preemption(seen, scene);
  if (preempted || !isBeyond(seen, step)) return preempted;
  return { kind: 'moved-on', detail: `Argo went on from weight ${step.weight}` };
}

function presentStep({ plan, step = 0 }: Scene): PlanStep {
  return plan.steps[step] as PlanStep;
}

export const observe: Observing = {
  weight: (move, wanted) => observeWeight(move, rules, wanted),
  verify: (move, wanted) =>
    awaitProof(move, rules, wanted, (seen) => leftOf(seen, move.scene, presentStep(move.scene))),
  externalChange: async (move, index) =>
    leftOf(await readTarget(move), move.scene, move.scene.plan.steps[index] as PlanStep),
};

export const finish: Verbs['finish'] = {
  promote: endPause,
  settle: (move) => settle(move, rules),
};

/** Ends the untimed pause of the present step once Argo has reached it. Without one, nothing is written. */
async function endPause(move: Move): Promise<Advanced> {
  const { world, scene } = move;
  const step = presentStep(scene);
  const { pauseIndex } = step;
  if (pauseIndex === undefined) return { kind: 'ready', detail: 'Argo goes on by its own steps' };
  const reached = await move.wait(async () => {
    const seen = await readTarget(move);
    const left = preemption(seen, scene);
    if (left) return left;
    return isBeyond(seen, step) || (seen.stepIndex ?? 0) >= pauseIndex ? ('reached' as const) : undefined;
  });
  if (reached !== 'reached') return reached;
  const at = { podHash: scene.newHash as string, stepIndex: pauseIndex };
  const result = await world.workload.advance(scene.target, at, scene.owner);
  return isRefusal(result) ? refusedAs(move, result.detail) : { kind: 'ready', detail: result.detail };
}

const undoing = undoWith(rules);

export const undo: Undoing = {
  ...undoing,
  /** The template belongs to whoever set it: a release that joined an update leaves it. */
  restore: (move) => (move.scene.plan.joined ? Promise.resolve(kept(move)) : undoing.restore(move)),
};

function kept({ scene: { plan } }: Move): { readonly kind: 'kept'; readonly detail: string } {
  return {
    kind: 'kept',
    detail: `the template still has ${plan.toImage}, which another writer set: put ${plan.fromImage} back where it came from (Git, Helm or kubectl)`,
  };
}

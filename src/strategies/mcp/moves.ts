import { SluiceError } from '../../domain/errors.ts';
import { armServices, isRefusal, readTarget, trafficRef, type Move, type Seen } from '../../delivery/move.ts';
import type { Undoing } from '../../delivery/undo.ts';
import type { BackOnStable, Preempted, Settled, Started, Superseded, Withdrawn } from '../../domain/release/moves.ts';
import type { Refusal } from '../../ports/workload.ts';
import type { Verbs } from '../strategy.ts';
import { mirrored } from './mirroring.ts';
import { awaitWeight, preemption } from './observation.ts';

export const advance: Verbs['advance'] = {
  /** A version is registered already, so nothing has to get ready. Its process starts with its first call. */
  async start(move): Promise<Started> {
    const { world, scene } = move;
    const { container, fromImage: from, toImage: to } = scene.plan;
    const left = preemption(await readTarget(move), scene);
    if (left) return left;
    const set = await world.workload.setImage(scene.target, { container, from, to }, scene.owner);
    if (isRefusal(set)) return refusedAs(set);
    const { mirror } = scene.plan;
    const seen = mirror && (await mirrored(move, mirror));
    if (seen && seen.kind !== 'compared') return seen;
    return { kind: 'ready', newHash: to, ...(seen ? { detail: seen.detail } : {}) };
  },
  async shift(move, index) {
    const { world, scene } = move;
    const left = preemption(await readTarget(move), scene);
    if (left) return left;
    const weight = scene.plan.steps[index]?.weight as number;
    const set = await world.split.setWeight(trafficRef(scene), armServices(scene), weight, scene.owner);
    return isRefusal(set) ? refusedAs(set) : { kind: 'ready', detail: set.detail };
  },
};

export const finish: Verbs['finish'] = {
  /** The version becomes blue, and the former blue version inactive. */
  async promote(move) {
    const { world, scene } = move;
    const set = await world.workload.advance(scene.target, { podHash: scene.plan.toImage }, scene.owner);
    return isRefusal(set) ? refusedAs(set) : { kind: 'ready', detail: set.detail };
  },
  async settle(move): Promise<Settled> {
    const settled = await awaitWeight(move, 100, (seen) => preemption(seen, move.scene) ?? notBlue(seen, move));
    return settled.kind === 'in-force' ? { kind: 'settled', proof: settled.proof } : settled;
  },
};

/** Nothing but a change by hand takes the place of blue from a version whose promotion was written. */
function notBlue(seen: Seen, { scene }: Move): Preempted | undefined {
  if (seen.stableHash === scene.plan.toImage) return undefined;
  return {
    kind: 'aborted-elsewhere',
    detail: `${seen.stableHash} is blue again: somebody else took the promotion back`,
  };
}

export const undo: Undoing = {
  async withdraw(move): Promise<Withdrawn> {
    const { world, scene } = move;
    const { toImage } = scene.plan;
    const fenced = await fenceOff(move);
    if (fenced) return fenced;
    const seen = await readTarget(move);
    const left = replaced(seen, move);
    if (left) return left;
    if (seen.stableHash === toImage)
      return { kind: 'too-late', detail: `${toImage} is blue already`, newHash: toImage };
    const back = await world.workload.abort(scene.target, { podHash: toImage }, scene.owner);
    if (isRefusal(back)) return { kind: 'superseded', detail: back.detail };
    const gone = await awaitWeight(move, 0, (now) => replaced(now, move));
    return gone.kind === 'in-force' ? { kind: 'withdrawn', proof: gone.proof } : gone;
  },
  settle: (move) => settledBack(move),
  /** The registry names the version no longer as the one that is released. It stays registered, and inactive. */
  async restore(move) {
    const { world, scene } = move;
    const { container, fromImage: to, toImage: from } = scene.plan;
    const set = await world.workload.setImage(scene.target, { container, from, to }, scene.owner);
    return isRefusal(set)
      ? { kind: 'superseded', detail: set.detail }
      : { kind: 'restored', detail: `${to} is blue, and ${from} is inactive` };
  },
  async bringBack(move): Promise<BackOnStable> {
    const { world, scene } = move;
    const fenced = await fenceOff(move);
    if (fenced) return fenced;
    const left = replaced(await readTarget(move), move);
    if (left) return left;
    const back = await world.workload.advance(scene.target, { podHash: scene.plan.fromImage }, scene.owner);
    return isRefusal(back) ? { kind: 'superseded', detail: back.detail } : settledBack(move);
  },
};

async function settledBack(move: Move): Promise<BackOnStable> {
  const back = await awaitWeight(move, 0, (seen) => replaced(seen, move));
  return back.kind === 'in-force' ? { kind: 'settled', proof: back.proof } : back;
}

function replaced(seen: Seen, { scene }: Move): Superseded | undefined {
  const left = preemption(seen, scene);
  return left && { kind: 'superseded', detail: left.detail };
}

/** After this no earlier act of the release can write any more. Errors: MARK_LOST. */
async function fenceOff({ world, scene }: Move): Promise<Superseded | undefined> {
  const fenced = await world.workload.fence(scene.target, scene.owner);
  if (!isRefusal(fenced)) return undefined;
  if (fenced.holder) return { kind: 'superseded', detail: fenced.detail };
  const { rollout: server } = scene.target;
  throw new SluiceError('MARK_LOST', `${fenced.detail}, so this release may not write to it.`, {
    next: `Look at \`sluice server status ${server}\`, and take the callers back with \`sluice server rollback ${server} ${scene.plan.toImage}\`. Then terminate the release in Temporal.`,
    details: { server },
  });
}

function refusedAs({ detail }: Refusal): Preempted {
  return { kind: 'superseded', detail };
}

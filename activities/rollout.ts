import { SluiceError } from '../src/domain/errors.ts';
import { atBlueGreenPause, atCanaryPause, departure, isPromoted } from '../src/domain/release/observe.ts';
import type { WeightProof } from '../src/domain/release/proof.ts';
import type { Ports } from '../src/ports/index.ts';
import { waitFor } from './alive.ts';
import { armServices, isRefusal, leftBecause, observe, trafficRef, type Left, type Scene, type Seen } from './scene.ts';
import { awaitProof } from './proof.ts';

export type Started = { readonly kind: 'ready'; readonly newHash: string } | Left;
export type Advanced = { readonly kind: 'ready'; readonly detail: string } | Left;
export type Settled = { readonly kind: 'settled'; readonly proof: WeightProof } | Left;

export const rolloutActivities = (ports: Ports) => ({
  /**
   * Sets the image and waits until the new pods are ready and Argo holds them at the first pause. Sets it at most once.
   */
  async start(scene: Scene): Promise<Started> {
    const { container, fromImage, toImage } = scene.plan;
    const set = await ports.workload.setImage(scene.target, { container, from: fromImage, to: toImage }, scene.owner);
    if (isRefusal(set)) return { kind: 'superseded', detail: set.detail };
    return waitFor(() => startedAt(ports, scene));
  },

  /**
   * Canary: ends the pause before `index` and waits for the pause at `index`. Blue-green: writes the weight of `index`.
   */
  async shift(input: { scene: Scene; index: number }): Promise<Advanced> {
    return input.scene.strategy === 'canary' ? shiftCanary(ports, input) : shiftBlueGreen(ports, input);
  },

  /** Ends the last pause. The caller has checked that every step was judged. */
  async promote(scene: Scene): Promise<Advanced> {
    const podHash = scene.newHash as string;
    const stepIndex = scene.plan.steps.at(-1)?.pauseIndex;
    const at = { podHash, ...(stepIndex === undefined ? {} : { stepIndex }) };
    const result = await ports.workload.advance(scene.target, at, scene.owner);
    return isRefusal(result) ? refusedAs(ports, scene, result.detail) : { kind: 'ready', detail: result.detail };
  },

  /**
   * Waits until the new version is stable, puts blue-green weights back on the active Service, and proves the end
   * state.
   */
  async settle(scene: Scene): Promise<Settled> {
    const left = await waitFor(() => promotedOrLeft(ports, scene));
    if (left !== 'promoted') return left;
    if (scene.strategy === 'blue-green') {
      const written = await ports.split.setWeight(trafficRef(scene), armServices(scene), 0, scene.owner);
      if (isRefusal(written)) return { kind: 'superseded', detail: written.detail };
    }
    const weightless = await awaitProof(ports, scene, 0, (seen) => leftAsStable(seen, scene));
    return weightless.kind === 'in-force' ? { kind: 'settled', proof: weightless.proof } : weightless;
  },
});

async function startedAt(ports: Ports, scene: Scene): Promise<Started | undefined> {
  const seen = await observe(ports, scene);
  const left = departure(seen, { toImage: scene.plan.toImage });
  if (left) return left;
  const first = scene.plan.steps[0]?.pauseIndex;
  const newHash = seen.podHash;
  if (newHash === scene.plan.stableHash) return undefined;
  const ready = first === undefined ? atBlueGreenPause(seen, newHash) : atCanaryPause(seen, newHash, first);
  return ready ? { kind: 'ready', newHash } : undefined;
}

async function shiftCanary(ports: Ports, { scene, index }: { scene: Scene; index: number }): Promise<Advanced> {
  const podHash = scene.newHash as string;
  const before = scene.plan.steps[index - 1]?.pauseIndex;
  const here = scene.plan.steps[index]?.pauseIndex as number;
  if (before !== undefined) {
    const result = await ports.workload.advance(scene.target, { podHash, stepIndex: before }, scene.owner);
    if (isRefusal(result)) return refusedAs(ports, scene, result.detail);
  }
  return waitFor(async () => {
    const seen = await observe(ports, scene);
    const left = leftBecause(seen, scene);
    if (left) return left;
    return atCanaryPause(seen, podHash, here) ? { kind: 'ready' as const, detail: `at step ${here}` } : undefined;
  });
}

async function shiftBlueGreen(ports: Ports, { scene, index }: { scene: Scene; index: number }): Promise<Advanced> {
  const left = leftBecause(await observe(ports, scene), scene);
  if (left) return left;
  const weight = scene.plan.steps[index]?.weight as number;
  const result = await ports.split.setWeight(trafficRef(scene), armServices(scene), weight, scene.owner);
  return isRefusal(result) ? { kind: 'superseded', detail: result.detail } : { kind: 'ready', detail: result.detail };
}

async function promotedOrLeft(ports: Ports, scene: Scene): Promise<'promoted' | Left | undefined> {
  const seen = await observe(ports, scene);
  const left = leftAsStable(seen, scene);
  if (left) return left;
  const candidate = seen.candidateSelector === scene.newHash;
  return isPromoted(seen, scene.newHash as string) && candidate ? 'promoted' : undefined;
}

/** An abort of what is stable already changes nothing. */
function leftAsStable(seen: Seen, scene: Scene): Left | undefined {
  const aborted = seen.aborted && seen.stableHash !== scene.newHash;
  return leftBecause({ ...seen, aborted }, scene);
}

/**
 * A guarded write was refused: another version or an abort ends the release. Anything else (paused by hand, a full
 * promotion
 * under way) may pass, so it is tried again until the step's deadline.
 */
async function refusedAs(ports: Ports, scene: Scene, detail: string): Promise<Left> {
  const left = leftBecause(await observe(ports, scene), scene);
  if (left) return left;
  throw new SluiceError('CONFLICT', detail);
}

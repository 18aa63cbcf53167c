import { setTimeout as sleep } from 'node:timers/promises';
import { argoStrategy } from '../../domain/argo-strategies.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { Effect } from '../../domain/effect.ts';
import { proveWeight, type WeightProof } from '../../domain/release/proof.ts';
import type { RolloutState } from '../../domain/rollout.ts';
import type { CommandContext } from '../../commands/command.ts';

/** Traefik applies a change within a second or two. Its own throttle is 2 s. */
const IN_FORCE_MS = 8_000;
const POLL_MS = 200;

/**
 * The effect, proved only if `wanted` percent for the canary are in force on every Traefik replica as well. A Rollout
 * that splits no traffic, or whose weights have no owner, is returned unchanged.
 */
export async function withTraffic(
  context: CommandContext,
  effect: Effect<RolloutState>,
  wanted: number | undefined,
): Promise<Effect<RolloutState>> {
  const { after } = effect;
  if (!after || effect.effective !== 'proved' || wanted === undefined || after.trafficRouting.length === 0)
    return effect;
  if (!after.traefikService)
    return pending(
      effect,
      after,
      `traffic is split by ${after.trafficRouting.join(', ')}, whose weights are not read here`,
    );
  return waitForWeight(context, effect, wanted);
}

/**
 * The canary's share after a promotion to the current step: that of the step, and 0 once the new version is the stable
 * one.
 */
export function weightAt({ after, effective }: Effect<RolloutState>, podHash: string): number | undefined {
  if (!after || !argoStrategy(after).writesWeights || effective !== 'proved') return undefined;
  if (after.stableHash === podHash) return 0;
  return after.steps.slice(0, after.stepIndex).findLast((step) => step.setWeight !== undefined)?.setWeight;
}

async function waitForWeight(
  context: CommandContext,
  effect: Effect<RolloutState>,
  wanted: number,
): Promise<Effect<RolloutState>> {
  const deadline = performance.now() + IN_FORCE_MS;
  for (;;) {
    const { view, proof } = await observe(context, effect.after as RolloutState, wanted);
    if (proof.effective === 'proved') return { ...effect, after: view, reason: `${effect.reason}; ${proof.reason}` };
    if (proof.replicas.length === 0 && proof.traefikService === wanted) return pending(effect, view, proof.reason);
    if (performance.now() > deadline || context.signal.aborted) return pending(effect, view, proof.reason);
    await sleep(POLL_MS);
  }
}

const pending = (effect: Effect<RolloutState>, after: RolloutState, missing: string): Effect<RolloutState> => ({
  ...effect,
  effective: 'pending',
  reason: `${effect.reason}; not seen yet: ${missing}`,
  after,
});

async function observe(
  { ports }: CommandContext,
  { target, traefikService, ...before }: RolloutState,
  wanted: number,
): Promise<{ view: RolloutState; proof: WeightProof }> {
  const ref = { cluster: target.cluster, namespace: target.namespace, name: traefikService as string };
  const arms = { stable: before.stableService ?? '', candidate: before.candidateService ?? '' };
  const [view, traffic, replicas] = await Promise.all([
    ports.workload.read(target),
    written(() => ports.split.read(ref)),
    ports.split.inForce(ref, arms),
  ]);
  const weight = traffic?.weights.find(({ service }) => service === arms.candidate)?.weight;
  const seen = {
    wanted,
    ...(view.canaryWeight !== undefined && { rollout: view.canaryWeight }),
    ...(weight !== undefined && { traefikService: weight }),
  };
  return { view, proof: proveWeight({ ...seen, replicas, at: ports.now() }) };
}

/** Undefined for a TraefikService that does not exist. Its weight is then not in force either. */
async function written<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'TRAFFIC_SERVICE_NOT_FOUND') return undefined;
    throw error;
  }
}

/**
 * The traffic that a TraefikService still sends to a Service whose pods an abort removes. Undefined if there is none.
 */
export async function previewTraffic(
  { ports }: CommandContext,
  view: RolloutState,
): Promise<{ readonly route: string; readonly detail: string } | undefined> {
  const { stableService: stable, candidateService: candidate, target } = view;
  if (!argoStrategy(view).abortEmptiesCandidate || !stable || !candidate) return undefined;
  const place = { cluster: target.cluster, namespace: target.namespace };
  for (const name of await routes(() => ports.split.find(place, { stable, candidate }))) {
    const ref = { ...place, name };
    const [{ weights }, replicas] = await Promise.all([
      ports.split.read(ref),
      ports.split.inForce(ref, { stable, candidate }),
    ]);
    const weight = weights.find(({ service }) => service === candidate)?.weight ?? 0;
    if (weight > 0) return { route: name, detail: `TraefikService ${name} has weight ${weight} for ${candidate}` };
    const late = replicas.find((replica) => (replica.candidate ?? 0) > 0);
    if (late)
      return { route: name, detail: `Traefik ${late.replica} still sends weight ${late.candidate} to ${candidate}` };
  }
  return undefined;
}

/** Returns no routes for a cluster without Traefik. */
async function routes(find: () => Promise<readonly string[]>): Promise<readonly string[]> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'CRD_MISSING') return [];
    throw error;
  }
}

import { smokeText } from '../domain/delivery/smoke.ts';
import type { Preempted, Started } from '../domain/release/moves.ts';
import { candidateSelects } from '../domain/release/observe.ts';
import type { ReleasePlan } from '../domain/release/plan.ts';
import type { ServiceCallsPort } from '../ports/service-calls.ts';
import { start, type FirstHold } from './advance.ts';
import { preemption, readTarget, type Move } from './move.ts';
import { smokeTested } from '../ports/smoke-tests.ts';

type Left = Preempted | Extract<Started, { kind: 'failed' }>;
type Ready = Extract<Started, { kind: 'ready' }>;

/** As `start`. The tests of the release then run at the version, which has no traffic yet. */
export async function testedStart(move: Move, hold: FirstHold): Promise<Started> {
  const started = await start(move, hold);
  const { smoke } = move.scene.plan;
  return smoke && started.kind === 'ready' ? tested(move, started, smoke) : started;
}

async function tested(move: Move, ready: Ready, smoke: NonNullable<ReleasePlan['smoke']>): Promise<Started> {
  const { world, scene, signal = new AbortController().signal } = move;
  const { cluster, namespace } = scene.target;
  const calls = world.serviceCalls;
  const at = { cluster, namespace, service: scene.plan.candidate.service };
  const left = await onlyNewPods(move, ready.newHash, () => calls.pods(at));
  if (left) return left;
  const results = await smokeTested({ calls, at, signal }, smoke);
  const detail = smokeText(results);
  return results.some(({ fault }) => fault !== undefined) ? { kind: 'failed', detail } : { ...ready, detail };
}

/**
 * Waits until the Service of the new version leads to its pods and to no others. Its endpoints follow its selector a
 * moment later, and an answer of an older pod would prove nothing.
 */
function onlyNewPods(
  move: Move,
  newHash: string,
  behind: () => ReturnType<ServiceCallsPort['pods']>,
): Promise<Left | undefined> {
  const { world, scene, wait } = move;
  const look = async (): Promise<Left | 'new' | undefined> => {
    const seen = await readTarget(move);
    const left = preemption(seen, { ...scene, newHash });
    if (left) return left;
    if (!candidateSelects(seen, newHash)) return undefined;
    const [names, { pods, problem }] = await Promise.all([behind(), world.workload.pods(scene.target, newHash)]);
    if (pods.length === 0 && problem !== undefined) return { kind: 'failed', detail: `no smoke test ran: ${problem}` };
    const isNew = (name: string): boolean => pods.some((pod) => pod.name === name);
    return names.length > 0 && names.every(isNew) ? 'new' : undefined;
  };
  return wait(look).then((found) => (found === 'new' ? undefined : found));
}

import { randomUUID } from 'node:crypto';
import type { CommandContext } from '../../commands/command.ts';
import { SluiceError } from '../../domain/errors.ts';
import { waitText } from '../../domain/release/queue-text.ts';
import type { Check, Preflight, ReleaseSpec } from '../../domain/release/plan.ts';
import { releaseId } from '../../domain/release/target.ts';

/** Checks whose failure is the effect of the running release. What they advise does not apply while it runs. */
const EFFECTS: readonly string[] = ['image', 'health', 'owner', 'fast track'];

/** What release_start with the same input would do now. */
export const WOULD = ['start', 'queue', 'supersede', 'refuse'] as const;
export type Would = (typeof WOULD)[number];

export interface TurnPlan {
  readonly found: Preflight;
  readonly would: Would;
}

/**
 * The plan of a target whose release still runs: the running release is the first check. It fails, unless the release
 * may wait. What the running release has changed is decided when the turn of this one comes.
 */
export async function withRunning(context: CommandContext, spec: ReleaseSpec, found: Preflight): Promise<TurnPlan> {
  const id = releaseId(spec.target);
  const running = await runningCheck(context, id);
  const waits = spec.whenBusy !== undefined && (running !== undefined || (await hasQueue(context, id)));
  if (spec.whenBusy && waits)
    return { found: await ofQueue(context, spec, found, running), would: running ? spec.whenBusy : 'queue' };
  if (!running) return { found, would: found.plan ? 'start' : 'refuse' };
  const checks = found.checks.flatMap((check) => {
    const { next: _, ...effect } = check;
    return EFFECTS.includes(check.name) ? (check.ok ? [] : [effect]) : [check];
  });
  return { found: { checks: [running, ...checks] }, would: 'refuse' };
}

async function ofQueue(
  context: CommandContext,
  { target, whenBusy }: ReleaseSpec,
  { checks }: Preflight,
  running: Check | undefined,
): Promise<Preflight> {
  const view = await context.gateway.queues.get(releaseId(target)).catch(() => undefined);
  const before = view?.waiting.length ?? 0;
  const others = before === 0 ? 'no other release waits' : waitText(before, 'other release');
  const place =
    whenBusy === 'queue'
      ? `this one waits behind it and starts after it has succeeded; ${others}`
      : `it is rolled back first, with proof, then this one starts; ${others}`;
  const detail = running
    ? `${running.detail} With when_busy ${whenBusy}, ${place}. Its checks run when its turn comes.`
    : `No release runs, but ${others} for the target. With when_busy ${whenBusy}, this one is placed ${whenBusy === 'queue' ? 'behind' : 'before'} them.`;
  const turn: Check = { name: 'running release', ok: true, detail };
  return { checks: [turn, ...checks.filter(({ name }) => !EFFECTS.includes(name))] };
}

/** False if Temporal does not answer: a plan is possible without Temporal. */
function hasQueue({ gateway }: CommandContext, id: string): Promise<boolean> {
  return gateway.queues.isOpen(id).catch(() => false);
}

/** Undefined if no release runs there, or if Temporal does not answer: a plan is possible without Temporal. */
async function runningCheck({ gateway }: CommandContext, id: string): Promise<Check | undefined> {
  try {
    await gateway.admit(id, randomUUID());
    return undefined;
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    if (error.code !== 'TARGET_BUSY') return undefined;
    return { name: 'running release', ok: false, detail: error.message, next: error.next };
  }
}

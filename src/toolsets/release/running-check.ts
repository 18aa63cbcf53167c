import { randomUUID } from 'node:crypto';
import type { CommandContext } from '../../commands/command.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { Check, Preflight } from '../../domain/release/plan.ts';

/** Checks whose failure is the effect of the running release. What they advise does not apply while it runs. */
const EFFECTS: readonly string[] = ['image', 'health', 'owner', 'fast track'];

/** The plan of a target whose release still runs: it fails, and the running release is the first check. */
export async function withRunning(context: CommandContext, id: string, found: Preflight): Promise<Preflight> {
  const running = await runningCheck(context, id);
  if (!running) return found;
  const checks = found.checks.flatMap((check) => {
    const { next: _, ...effect } = check;
    return EFFECTS.includes(check.name) ? (check.ok ? [] : [effect]) : [check];
  });
  return { checks: [running, ...checks] };
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

import type { StepDone, StepWork } from '../../../domain/delivery/delivery.ts';
import { SluiceError } from '../../../domain/errors.ts';
import type { CommandContext } from '../../../commands/command.ts';

/** What a step gets. Its caller is whoever has started the delivery. */
export interface StepCall extends StepWork {
  readonly context: CommandContext;
}

export type Step = (call: StepCall) => Promise<StepDone>;

/** A fact that an earlier step has left. */
export function fact<T>(value: T | undefined, name: string): T {
  if (value !== undefined) return value;
  throw new SluiceError('INTERNAL', `The delivery has no ${name}, which an earlier step leaves.`);
}

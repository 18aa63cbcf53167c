import { z } from 'zod';
import { SluiceError } from '../domain/errors.ts';
import type { Confirmation } from './command.ts';

export const confirmField = z
  .string()
  .max(800)
  .optional()
  .describe('Names what is acted on; a call without it is refused and says what to pass.');

/** The error after a person declined. It contains nothing with which the call could be confirmed in another way. */
export function declined({ question }: Confirmation): SluiceError {
  return new SluiceError(
    'CONFIRMATION_DECLINED',
    `${question} The person who was asked declined, and nothing was done.`,
  );
}

/** Throws CONFIRMATION_REQUIRED unless `confirm` names the object. */
export function requireConfirmation(needed: Confirmation | undefined, confirm: string | undefined): void {
  if (!needed || confirm === needed.value) return;
  const wrong = confirm === undefined ? '' : ' The given `confirm` is another value.';
  throw new SluiceError(
    'CONFIRMATION_REQUIRED',
    `${needed.question} This was not confirmed, and nothing was done.${wrong}`,
    {
      next: `Ask the person responsible, then repeat the call with confirm: "${needed.value}".`,
      details: { confirm: needed.value },
    },
  );
}

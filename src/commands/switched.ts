import { SluiceError } from '../domain/errors.ts';
import type { Command } from './command.ts';

/** `settings`: values by the name under which code reads them. */
export function isSwitchedOn({ onlyWith }: Pick<Command, 'onlyWith'>, settings: object): boolean {
  if (onlyWith === undefined) return true;
  return (settings as Readonly<Record<string, unknown>>)[onlyWith.key] === true;
}

/** Errors: TOOL_NOT_FOUND. */
export function requireSwitchedOn(command: Command, settings: object): void {
  if (command.onlyWith === undefined || isSwitchedOn(command, settings)) return;
  const { env } = command.onlyWith;
  throw new SluiceError('TOOL_NOT_FOUND', `${command.name} exists only with the setting ${env}, which is off.`, {
    next: `Set ${env}=true if callers may reach into containers.`,
  });
}

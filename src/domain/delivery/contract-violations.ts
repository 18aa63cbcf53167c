import { changeLines } from '../servers/contract/change-lines.ts';
import type { ContractChange } from '../servers/contract/compare.ts';
import type { Violation } from './waivers.ts';

const MAX_SHOWN = 10;

/** Changes that break callers, and changes by which the server may do or say more than they have agreed to. */
export function contractViolations(changes: readonly ContractChange[]): readonly Violation[] {
  return (['breaking', 'security'] as const).flatMap((kind) => {
    const lines = changeLines(changes.filter((one) => one.class === kind));
    const more = lines.length > MAX_SHOWN ? ` and ${lines.length - MAX_SHOWN} more` : '';
    const text = `${lines.slice(0, MAX_SHOWN).join('; ')}${more}`;
    return lines.length === 0 ? [] : [{ check: 'contract', rule: `contract-${kind}`, text }];
  });
}

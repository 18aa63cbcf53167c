import type { Gate } from '../../commands/gate.ts';
import { toolsetsOf } from '../toolsets.ts';
import type { PromptKind } from './kind.ts';

const PROMPTS: readonly PromptKind[] = [];

/** The prompts all of whose tools belong to the toolsets of a gate. */
export function promptsOf(gate: Gate): readonly PromptKind[] {
  const offered = toolsetsOf(gate);
  return PROMPTS.filter(({ toolsets }) => toolsets.every((name) => offered.includes(name)));
}

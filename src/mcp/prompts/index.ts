import type { Gate } from '../../commands/gate.ts';
import { toolsetsOf } from '../toolsets.ts';
import { emergencyRollback } from './emergency-rollback.ts';
import type { PromptKind } from './kind.ts';
import { progressiveCanary } from './progressive-canary.ts';
import { shadowTesting } from './shadow-testing.ts';

const PROMPTS: readonly PromptKind[] = [progressiveCanary, emergencyRollback, shadowTesting];

/** The prompts all of whose tools belong to the toolsets of a gate. */
export function promptsOf(gate: Gate): readonly PromptKind[] {
  const offered = toolsetsOf(gate);
  return PROMPTS.filter(({ toolsets }) => toolsets.every((name) => offered.includes(name)));
}

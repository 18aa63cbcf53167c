import { fullPath, strategyPath } from '../argo-strategies.ts';
import type { RolloutFacts } from './preflight-facts.ts';

/** Argo's message for a spec that it refuses: 'InvalidSpec: The Rollout "web" is invalid: spec.replicas: Invalid …'. */
const REFUSED = /^InvalidSpec: .*? is invalid: (spec[\w.[\]-]*):/;

export function isSpecRefused(message: string): boolean {
  return message.startsWith('InvalidSpec:');
}

/** The field of the Rollout to correct, as Argo's validation names it. Undefined if Argo names none. */
export function refusedField({ message, strategy }: Pick<RolloutFacts, 'message' | 'strategy'>): string | undefined {
  const named = REFUSED.exec(message)?.[1];
  // Of ping and pong Services Argo names the router in place of the field.
  if (named !== undefined && message.includes('Ping-pong')) return `${strategyPath(strategy)}.pingPong`;
  return named === undefined ? undefined : fullPath(named, strategy);
}

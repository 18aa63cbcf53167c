import type { Gate } from '../commands/gate.ts';
import type { Settings } from '../config/schema.ts';
import type { Toolset } from '../domain/toolset.ts';

/** What the servers let through. */
export function gateOf({ mcpAllowWrite, toolsets }: Settings): Gate {
  return { allowWrite: mcpAllowWrite, toolsets: toolsets as readonly Toolset[] };
}

import type { Gate } from '../commands/gate.ts';
import type { Settings } from '../config/schema.ts';
import { requireKnownToolsets } from '../toolsets/index.ts';

/** The calls that the servers allow. Errors: CONFIG_INVALID for a toolset that does not exist. */
export function gateOf({ mcpAllowWrite, toolsets }: Settings): Gate {
  requireKnownToolsets(toolsets);
  return { allowWrite: mcpAllowWrite, toolsets };
}

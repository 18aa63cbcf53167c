import { SluiceError } from '../../domain/errors.ts';
import type { Onboarding } from './onboarding.ts';

/** Why a plan cannot be written. Undefined if it can. */
export function blocker({ service, unwritable }: Onboarding): SluiceError | undefined {
  if (service.mcp?.transport !== 'stdio' || service.mcp.bridged) return unwritable;
  const where = service.findings.find(({ what }) => what === 'transport stdio')?.where;
  return new SluiceError(
    'SOURCE_STDIO',
    `The MCP server speaks over stdin and stdout only${where ? ` (${where})` : ''}, and its own Dockerfile says how it starts.`,
  );
}

import type { TemporalSetup } from '../cli/deps.ts';
import { loadTemporalSettings } from '../config/temporal.ts';
import { createLink } from '../temporal/connection.ts';
import { registerAttributes } from '../temporal/search-attributes.ts';

/** Registers what Sluice needs in the namespace. Errors: TEMPORAL_UNREACHABLE, FORBIDDEN, CONFIG_INVALID. */
export async function setupTemporal(): Promise<TemporalSetup> {
  const link = createLink(loadTemporalSettings);
  try {
    const { address, namespace } = await link.settings();
    const { serverVersion } = await link.call((_, { workflowService }) => workflowService.getSystemInfo({}));
    const { registered, present } = await link.call((_, connection) => registerAttributes(connection, namespace));
    return { address, namespace, server: serverVersion ?? 'of an unknown version', registered, present };
  } finally {
    await link.close();
  }
}

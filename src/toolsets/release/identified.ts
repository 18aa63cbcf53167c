import type { CommandContext } from '../../commands/command.ts';
import type { ReleaseSpec } from '../../domain/release/plan.ts';

/**
 * The spec with the identity of its cluster. A worker compares it with the identity of its own cluster. Errors:
 * Worlds.of.
 */
export async function identified({ worlds }: CommandContext, spec: ReleaseSpec): Promise<ReleaseSpec> {
  return { ...spec, clusterUid: (await worlds.of(spec.target.cluster, undefined, spec)).cluster.uid };
}

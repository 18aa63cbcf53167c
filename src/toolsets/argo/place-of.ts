import type { Target } from '../../domain/release/target.ts';
import type { CommandContext } from '../../commands/command.ts';

/** The Rollout that a call names. Errors: CLUSTER_UNKNOWN. */
export async function targetOf(
  context: CommandContext,
  { cluster, namespace, name }: { cluster?: string | undefined; namespace: string; name: string },
): Promise<Target> {
  return { cluster: cluster ?? (await context.clusters.current()), namespace, rollout: name };
}

import type { CommandContext } from '../../commands/command.ts';
import { parseReleaseFile, releaseFile, type ReleaseFile } from '../../contract/release-file.ts';
import { toReleaseSpec } from '../../contract/release-spec.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { ReleaseSpec } from '../../domain/release/plan.ts';
import type { Target } from '../../domain/release/target.ts';

/**
 * What a checked release file asks for. A file without a strategy takes that of its Rollout; where the Rollout cannot
 * be
 * read, the setting, and the checks of the plan say what is wrong with the Rollout. Errors: INVALID_INPUT for fields
 * that the strategy does not have, CLUSTER_UNKNOWN.
 */
export async function specOf(context: CommandContext, file: ReleaseFile): Promise<ReleaseSpec> {
  const { settings } = context;
  const cluster = file.target.cluster ?? (await context.clusters.current());
  if (file.strategy) return toReleaseSpec(file, cluster, settings);
  const { namespace, rollout } = file.target;
  const strategy = await strategyOfRollout(context, { cluster, namespace, rollout });
  const full = strategy === undefined ? file : { ...file, strategy };
  return toReleaseSpec(parseReleaseFile(releaseFile, full, settings.defaultStrategy), cluster, settings);
}

async function strategyOfRollout({ ports }: CommandContext, target: Target): Promise<string | undefined> {
  try {
    const { strategy } = await ports.workload.read(target);
    // Rollouts have strategies that releases do not have.
    return releaseFile.shape.strategy.safeParse(strategy).data;
  } catch (error) {
    if (error instanceof SluiceError) return undefined;
    throw error;
  }
}

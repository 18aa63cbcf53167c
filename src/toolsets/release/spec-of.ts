import type { CommandContext } from '../../commands/command.ts';
import { parseReleaseFile, releaseFile, type ReleaseFile } from '../../contract/release-file.ts';
import { toReleaseSpec } from '../../contract/release-spec.ts';
import { argoStrategyName } from '../../domain/argo-strategies.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { ReleaseSpec } from '../../domain/release/plan.ts';
import type { Target } from '../../domain/release/target.ts';

/**
 * The spec of a checked release file. A file without a strategy gets the strategy of its Rollout. If the Rollout cannot
 * be read, it gets the configured default, and the checks of the plan report the fault of the Rollout. Errors:
 * INVALID_INPUT for fields that the strategy does not have, CLUSTER_UNKNOWN, those of the read where the file has
 * fields that need the Rollout.
 */
export async function specOf(context: CommandContext, file: ReleaseFile): Promise<ReleaseSpec> {
  const { settings } = context;
  const cluster = file.target.cluster ?? (await context.clusters.current());
  if (file.strategy) return toReleaseSpec(file, cluster, settings);
  const { namespace, rollout } = file.target;
  const found = await strategyOfRollout(context, { cluster, namespace, rollout });
  return toReleaseSpec(withStrategy(file, found, settings.defaultStrategy), cluster, settings);
}

/** `found`: the strategy of the Rollout, or why it could not be read. Undefined: no release has that strategy. */
function withStrategy(file: ReleaseFile, found: Found, other: string): ReleaseFile {
  const { namespace, rollout } = file.target;
  if (typeof found === 'string') {
    const from = `the file names no strategy, and that of Rollout ${namespace}/${rollout} is ${found}`;
    return { ...parseReleaseFile(releaseFile, file, found, from), strategy: found };
  }
  try {
    return parseReleaseFile(releaseFile, file, other);
  } catch (error) {
    throw found ?? error;
  }
}

type Found = string | SluiceError | undefined;

async function strategyOfRollout({ ports }: CommandContext, target: Target): Promise<Found> {
  try {
    // A Rollout may have a strategy that Argo does not know. No release has it.
    return releaseFile.shape.strategy.safeParse(argoStrategyName(await ports.workload.read(target))).data;
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
}

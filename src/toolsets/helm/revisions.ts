import { SluiceError } from '../../domain/errors.ts';
import { isHeld, releaseText, type HelmReleaseAt, type HelmRevision } from '../../domain/helm/release.ts';
import type { HelmRecord } from '../../ports/helm-releases.ts';
import type { CommandContext } from '../../commands/command.ts';
import { clusterOf } from '../../commands/objects/located.ts';

interface AskedRelease {
  readonly cluster?: string | undefined;
  readonly namespace: string;
  readonly name: string;
}

/** The release that a call names. Errors: CLUSTER_UNKNOWN. */
export async function releaseAt(
  context: CommandContext,
  { cluster, namespace, name }: AskedRelease,
): Promise<HelmReleaseAt> {
  return { cluster: await clusterOf(context, cluster), namespace, name };
}

/** The records of a release, newest first. Empty if there is none. */
export function recordsOf({ ports }: CommandContext, at: HelmReleaseAt): Promise<readonly HelmRecord[]> {
  return ports.helmReleases.records(at);
}

/** One revision, by default the newest. Errors: HELM_RELEASE_NOT_FOUND with the revisions that there are. */
export async function revisionOf(
  { ports }: CommandContext,
  at: HelmReleaseAt,
  records: readonly HelmRecord[],
  revision?: number,
): Promise<HelmRevision> {
  return ports.helmReleases.open(recordOf(at, records, revision));
}

/** Errors: as `revisionOf`. */
export function recordOf(at: HelmReleaseAt, records: readonly HelmRecord[], revision?: number): HelmRecord {
  const record = revision === undefined ? records[0] : records.find((one) => one.revision === revision);
  if (record) return record;
  if (records.length === 0)
    throw new SluiceError('HELM_RELEASE_NOT_FOUND', `Helm has no release ${releaseText(at)} in ${at.cluster}.`);
  const kept = records.map((one) => one.revision).join(', ');
  throw new SluiceError(
    'HELM_RELEASE_NOT_FOUND',
    `The release ${releaseText(at)} has no revision ${revision}. Helm has kept ${kept}.`,
  );
}

/** Errors: HELM_RELEASE_HELD. */
export function requireFree({ revision, status, ...at }: HelmRecord): void {
  if (!isHeld(status)) return;
  throw new SluiceError(
    'HELM_RELEASE_HELD',
    `Revision ${revision} of the release ${releaseText(at)} is ${status}, and Helm refuses further operations until that one ends. Nothing was changed.`,
  );
}

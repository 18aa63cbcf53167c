import { SluiceError } from '../../domain/errors.ts';
import { releaseText, type HelmReleaseAt, type HelmRevision } from '../../domain/helm/release.ts';
import { overlaid } from '../../domain/helm/values.ts';
import type { HelmPlan, HelmSource } from '../../domain/release/version-source.ts';
import type { Target } from '../../domain/release/target.ts';
import type { Clusters } from '../../adapters/kubernetes/cluster-client.ts';
import type { HelmCall, HelmChange, HeldChart } from '../../ports/helm.ts';
import type { HelmRecord } from '../../ports/helm-releases.ts';
import type { VersionSystems } from '../../ports/version-systems.ts';
import { digestOf, objectsIn } from './manifest.ts';

export interface HelmSystems extends VersionSystems {
  readonly clusters: Clusters;
}

/** Time for Helm to fetch, render and write, beside its hooks. */
const BESIDE_HOOKS_MS = 120_000;

export function releaseAt({ cluster, namespace }: Target, { release: name }: HelmSource): HelmReleaseAt {
  return { cluster, namespace, name };
}

/** Helm is not ended early: half of an upgrade would be left behind. */
export function callOf({ hookSeconds }: HelmSource): HelmCall {
  return { signal: new AbortController().signal, timeoutMs: hookSeconds * 1000 + BESIDE_HOOKS_MS };
}

/** Errors: INVALID_INPUT for a file of values that is not there, or has none. */
export async function changeOf(
  { helm }: Pick<HelmSystems, 'helm'>,
  target: Target,
  source: HelmSource,
  chart: HeldChart,
): Promise<HelmChange> {
  const { valuesFiles = [], resetValues, takeOver, hookSeconds } = source;
  const values = overlaid(await helm.fileValues(valuesFiles), source.values);
  return { at: releaseAt(target, source), chart, values, how: 'upgrade', resetValues, takeOver, hookSeconds };
}

export function chartOf({ chart, version, repoUrl }: HelmSource) {
  return { chart, version, repoUrl };
}

/** Errors: HELM_RELEASE_NOT_FOUND. */
export async function newestRecord({ helmReleases }: HelmSystems, at: HelmReleaseAt): Promise<HelmRecord> {
  const [newest] = await helmReleases.records(at);
  if (newest) return newest;
  throw new SluiceError('HELM_RELEASE_NOT_FOUND', `Helm has no release ${releaseText(at)} in ${at.cluster}.`);
}

/** Which of the two versions of a release a revision of Helm holds: by its content, so no act has to be remembered. */
export function heldBy({ manifest }: Pick<HelmRevision, 'manifest'>, plan: HelmPlan): 'new' | 'before' | 'other' {
  const digest = digestOf(objectsIn(manifest), plan.varying);
  return digest === plan.digest ? 'new' : digest === plan.before ? 'before' : 'other';
}

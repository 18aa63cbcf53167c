import { isRecord, textAt, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { SluiceError } from '../../domain/errors.ts';
import { inventoryOf, isIn } from '../../domain/flux/inventory.ts';
import { sourceOf } from '../../domain/flux/references.ts';
import type { Check, ReleaseSpec } from '../../domain/release/plan.ts';
import type { FluxPlan, FluxSource } from '../../domain/release/version-source.ts';
import type { RolloutState } from '../../domain/rollout.ts';
import type { VersionSystems } from '../../ports/version-systems.ts';
import type { SourceFound, WorkloadPort } from '../../ports/workload.ts';
import { bad, stateFaults } from './faults.ts';
import { findField, splitImage } from './field.ts';
import { releaseOf, type FoundRelease } from './helm-release.ts';
import { fluxObject } from './reconcile.ts';
import { weightFaults } from './weights.ts';

/** Reads the objects of Flux and the file, and compares them with the target. Changes nothing. */
export async function planSource(base: WorkloadPort, systems: VersionSystems, spec: ReleaseSpec): Promise<SourceFound> {
  const { flux: source } = spec;
  if (!source) return { checks: [bad('the release file has no field flux', 'Name the file in `flux`.')] };
  try {
    const found = await branchOf(systems, spec, source);
    if ('checks' in found) return found;
    const state = await base.read(spec.target);
    const faults = await weightFaults(systems, spec, found.kustomization, state);
    return faults.length > 0 ? { checks: faults } : await inFile(systems, spec, found.branch, state);
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code.startsWith('CLUSTER_') || error.code === 'ROLLOUT_NOT_FOUND')
      throw error;
    return { checks: [bad(error.message, error.next)] };
  }
}

type Branch = Omit<FluxPlan, 'image' | 'from' | 'to'>;

/** The branch that Flux reads, or why a commit to it could not be proved. */
async function branchOf(
  { clusterObjects: objects }: VersionSystems,
  { target }: ReleaseSpec,
  source: FluxSource,
): Promise<SourceFound | { readonly branch: Branch; readonly kustomization: ApiObject }> {
  const { cluster } = target;
  const { kustomization: name, namespace = target.namespace } = source;
  const kustomization = await objects.read(await fluxObject(objects, 'Kustomization', { cluster, namespace, name }));
  const reference = sourceOf(kustomization);
  const { faults: ofTarget, release } = await appliedBy(objects, target, kustomization, source);
  const faults = [...stateFaults(kustomization, `Kustomization ${namespace}/${name}`), ...ofTarget];
  if (reference?.kind !== 'GitRepository')
    return {
      checks: [...faults, bad(`its source is ${reference?.kind ?? 'none'}, not a branch`, 'Use a GitRepository.')],
    };
  const repository = { namespace: reference.namespace, name: reference.name };
  const git = await objects.read(await fluxObject(objects, 'GitRepository', { cluster, ...repository }));
  const all = [
    ...faults,
    ...stateFaults(git, `GitRepository ${repository.namespace}/${repository.name}`),
    ...refFaults(git),
  ];
  if (all.length > 0) return { checks: all };
  const branch = textAt(git, 'spec', 'ref', 'branch') ?? 'master';
  const url = textAt(git, 'spec', 'url') ?? '';
  return { kustomization, branch: { ...source, namespace, repository, url, branch, ...(release && { release }) } };
}

/** Whether the Kustomization applies the target, by itself or with a HelmRelease. */
async function appliedBy(
  objects: VersionSystems['clusterObjects'],
  target: ReleaseSpec['target'],
  kustomization: ApiObject,
  { helmRelease }: FluxSource,
): Promise<FoundRelease> {
  if (isRecord((kustomization['spec'] as ApiObject | undefined)?.['kubeConfig']))
    return {
      faults: [bad('the Kustomization applies to another cluster (spec.kubeConfig)', 'Release in that cluster.')],
    };
  if (helmRelease !== undefined) return releaseOf(objects, target, kustomization, helmRelease);
  return { faults: ownFaults(kustomization, target) };
}

function ownFaults(kustomization: ApiObject, { namespace, rollout: name }: ReleaseSpec['target']): readonly Check[] {
  const rollout = { namespace, name, group: 'argoproj.io', kind: 'Rollout' };
  if (isIn(inventoryOf(kustomization) ?? [], rollout)) return [];
  return [
    bad(
      `the inventory of the Kustomization does not list Rollout ${namespace}/${name}`,
      'Name the Kustomization that applies the Rollout. flux_trace finds it.',
    ),
  ];
}

function refFaults(git: ApiObject): readonly Check[] {
  const fields = Object.keys((git['spec'] as ApiObject | undefined)?.['ref'] ?? {}).filter((one) => one !== 'branch');
  if (fields.length === 0) return [];
  const next = 'Set spec.ref.branch alone, because a commit to a branch changes nothing else.';
  return [bad(`the GitRepository follows ${fields.join(', ')}, not only a branch`, next)];
}

/** The field of the file, which must hold what users have now. */
async function inFile(
  { branches }: VersionSystems,
  { target, image, container: asked }: ReleaseSpec,
  branch: Branch,
  { images, podHash, stableHash }: RolloutState,
): Promise<SourceFound> {
  const fault = (detail: string, next: string): SourceFound => ({ checks: [bad(detail, next)] });
  const [container = ''] = asked === undefined ? Object.keys(images) : [asked];
  const present = images[container] ?? '';
  if (podHash !== stableHash)
    return fault(`${present} is not the stable version of the Rollout`, 'Make Git and the stable version agree first.');
  const read = await branches.read(branch, branch.file);
  if (read?.text === undefined) {
    const what = read
      ? `the branch ${branch.branch} has no file ${branch.file}`
      : `there is no branch ${branch.branch}`;
    return fault(`${branch.url}: ${what}`, 'Correct flux.file.');
  }
  const field = findField(read.text, { field: branch.field, rollout: target.rollout, container, image: present });
  if (typeof field === 'string') return fault(`${branch.file}: ${field}`, 'Correct flux.file, or name flux.field.');
  const values = branch.value === undefined ? valuesFor(field.value, present, image) : named(field.value, branch.value);
  if (typeof values === 'string')
    return fault(`${field.path} of ${branch.file} ${values}`, 'Correct image or flux.field.');
  const where =
    branch.pushTo === undefined ? `a commit to ${branch.branch}` : `a commit to ${branch.pushTo}, which you merge`;
  const detail = `${branch.file} at ${read.head.slice(0, 12)}: ${field.path}: ${values.from} → ${values.to}, by ${where}`;
  return { checks: [{ name: 'flux', ok: true, detail }], plan: { flux: { ...branch, image, ...values } } };
}

/** A version of a chart says nothing of the image, so only the target shows afterwards which image it has. */
function named(from: string, to: string): { from: string; to: string } | string {
  return from === to ? `is ${to} already` : { from, to };
}

/** The values of the field for both images. A text result is the reason why there are none. */
function valuesFor(value: string, present: string, image: string): { from: string; to: string } | string {
  if (value === present) return { from: value, to: image };
  const [before, after] = [splitImage(present), splitImage(image)];
  if (value !== before.tag) return `is ${value}, and the Rollout has ${present}`;
  if (after.tag === undefined || after.name !== before.name)
    return `holds the tag only, and ${image} is not ${before.name} with a tag`;
  return { from: before.tag, to: after.tag };
}

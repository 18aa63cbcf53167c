import { metaOf, recordAt, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { differences, differenceText } from '../../domain/cluster-objects/differences.ts';
import { managersOf } from '../../domain/cluster-objects/managing-tool.ts';
import { chartText, isHeld, releaseText } from '../../domain/helm/release.ts';
import type { Check, ReleaseSpec } from '../../domain/release/plan.ts';
import type { RolloutState } from '../../domain/rollout.ts';
import type { HelmSource } from '../../domain/release/version-source.ts';
import { ROLLOUT } from '../../adapters/kubernetes/kinds.ts';
import type { WorkloadPort } from '../../ports/workload.ts';
import { changes, outsideFaults } from './changes.ts';
import { conflictFaults } from './conflicts.ts';
import { bad, type Facts, type Rendered } from './facts.ts';
import { imagesIn, objectNamed } from './manifest.ts';
import { releaseAt, type HelmSystems } from './records.ts';

/** All faults of the chart and of the release of Helm. If there are none, what the upgrade changes. */
export async function checksOf(
  base: WorkloadPort,
  systems: HelmSystems,
  spec: ReleaseSpec,
  source: HelmSource,
  rendered: Rendered,
): Promise<readonly Check[]> {
  const at = { namespace: spec.target.namespace, name: spec.target.rollout };
  const present = objectNamed(rendered.present, 'Rollout', at);
  const wanted = objectNamed(rendered.wanted, 'Rollout', at);
  const facts: Facts = { spec, source, rendered, present, wanted };
  const faults = [...statusFaults(facts), ...targetFaults(facts), ...imageFaults(facts), ...stepFaults(facts)];
  if (faults.length > 0) return faults;
  const live = await systems.clusters.client(spec.target.cluster).get({ kind: ROLLOUT, ...at });
  const state = await base.read(spec.target);
  const more = [
    ...stableFaults(state, facts),
    ...ownerFaults(live as ApiObject, facts),
    ...outsideFaults(facts, await systems.clusterObjects.kinds(spec.target.cluster)),
    ...(await conflictFaults(systems, facts, state)),
  ];
  return more.length > 0 ? more : changes(facts);
}

function statusFaults({ rendered: { status, from }, spec, source }: Facts): readonly Check[] {
  if (status === 'deployed') return [];
  const where = releaseText(releaseAt(spec.target, source));
  const next = isHeld(status)
    ? 'Wait for the end of that operation, or free the release with helm_unlock.'
    : 'Bring it back with helm_rollback, or repair it with helm_upgrade.';
  return [bad(`revision ${from.revision} of the Helm release ${where} is ${status}, not deployed`, next)];
}

function targetFaults({ spec: { target }, present, wanted, rendered }: Facts): readonly Check[] {
  if (present && wanted) return [];
  const { rollout: name, namespace } = target;
  const [objects, what] = wanted
    ? [rendered.present, `revision ${rendered.from.revision}`]
    : [rendered.wanted, `the chart ${chartText(rendered.to.chart)}`];
  const isDeployment = objectNamed(objects, 'Deployment', { namespace, name }) !== undefined;
  if (isDeployment)
    return [
      bad(
        `${what} has a Deployment ${name} and no Rollout: users of a Deployment cannot be divided between two versions`,
        'Replace the Deployment by a Rollout in the chart and upgrade once with helm_upgrade. Then start releases.',
      ),
    ];
  const names = objects.filter(({ kind }) => kind === 'Rollout').map((object) => metaOf(object).name);
  const known = names.length > 0 ? `its Rollouts are ${names.join(', ')}` : 'it has no Rollout';
  return [bad(`${what} has no Rollout ${name}: ${known}`, 'Correct target.rollout, the chart or its values.')];
}

function imageFaults({ spec, wanted }: Facts): readonly Check[] {
  const images = imagesIn(wanted ?? {});
  const names = Object.keys(images);
  const container = spec.container ?? (names.length === 1 ? names[0] : undefined);
  const image = container === undefined ? undefined : images[container];
  if (image === undefined || image === spec.image) return [];
  return [
    bad(
      `the chart renders image ${image} for container ${container}, and the release names ${spec.image}`,
      `Set image: ${image}, or give values with which the chart renders ${spec.image}.`,
    ),
  ];
}

/** The steps of the Rollout are the plan, so they stay as they are during a release. */
function stepFaults({ present, wanted }: Facts): readonly Check[] {
  if (!present || !wanted) return [];
  const strategies = [present, wanted].map((object) => ({ spec: recordAt(object, 'spec', 'strategy') }));
  const [first] = differences(strategies[0], strategies[1]);
  if (!first) return [];
  return [
    bad(
      `the upgrade changes the strategy of the Rollout: ${differenceText(first)}`,
      'Upgrade the strategy alone first, with the image of now, by helm_upgrade. Then start the release.',
    ),
  ];
}

/** A rollback restores the revision, so users must have its version now. */
function stableFaults({ images, podHash, stableHash }: RolloutState, { present, rendered }: Facts): readonly Check[] {
  const recorded = imagesIn(present ?? {});
  const [other] = Object.entries(images).filter(([name, image]) => recorded[name] !== image);
  const what = other
    ? `revision ${rendered.from.revision} of Helm has image ${recorded[other[0]] ?? 'none'} for container ${other[0]}, and the Rollout has ${other[1]}`
    : podHash === stableHash
      ? undefined
      : `the version of revision ${rendered.from.revision} is not the stable one`;
  if (what === undefined) return [];
  return [
    bad(
      `${what}: helm rollback would not bring back what users have now`,
      'Make Helm and the Rollout agree first, with helm_upgrade or helm_rollback.',
    ),
  ];
}

function ownerFaults(live: ApiObject, { spec, source }: Facts): readonly Check[] {
  const where = releaseText(releaseAt(spec.target, source));
  const managers = managersOf(live);
  const other = managers.find(({ tool, what }) => tool !== 'Helm' || what !== `release ${where}`);
  if (other)
    return [
      bad(`${other.tool} manages the Rollout, as ${other.what}. ${other.willDo}`, 'Release it through its owner.'),
    ];
  const owned = managers.length > 0;
  return owned
    ? []
    : [bad(`the Rollout is not marked as a part of the Helm release ${where}`, 'Correct helm.release.')];
}

import type { ApiKind } from '../../domain/cluster-objects/api-kind.ts';
import { metaOf, textAt, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { differences, differenceText } from '../../domain/cluster-objects/differences.ts';
import { chartText, hooksAt, releaseText } from '../../domain/helm/release.ts';
import { plural } from '../../domain/plural.ts';
import type { Check } from '../../domain/release/plan.ts';
import { bad, ok, type Facts, type Rendered } from './facts.ts';
import { releaseAt } from './records.ts';

const MOST_SHOWN = 8;

/** What the upgrade changes. What is not the Rollout changes for all users at once. */
export function changes({ rendered, source, spec, present, wanted }: Facts): readonly Check[] {
  const { from, to } = rendered;
  const where = releaseText(releaseAt(spec.target, source));
  const fields = differences(present, wanted).map(differenceText);
  const line = `${where}: revision ${from.revision} (${chartText(from.chart)}) → ${chartText(to.chart)}; Rollout: ${shown(fields)}`;
  const hooks = hooksAt(to, 'upgrade').map(({ kind, name }) => `${kind} ${name}`);
  const own = `Rollout ${spec.target.rollout}`;
  const others = changed(rendered).flatMap(({ name }) => (name === own ? [] : [name]));
  return [
    ok(line),
    ...(hooks.length > 0 ? [ok(`hooks run with the upgrade: ${shown(hooks)}`)] : []),
    ...(others.length > 0 ? [atOnce(others)] : []),
  ];
}

function atOnce(others: readonly string[]): Check {
  const detail = `${plural(others.length, 'further object')} of the chart change for all users at once, before the first weight: ${shown(others)}`;
  return { ...ok(detail), next: 'Both versions must be able to work with them. helm_plan shows each field.' };
}

interface ChangedObject {
  /** "ConfigMap web". */
  readonly name: string;
  readonly before: ApiObject | undefined;
  readonly after: ApiObject | undefined;
}

function changed({ present, wanted }: Rendered): readonly ChangedObject[] {
  const keyed = (objects: readonly ApiObject[]) => new Map(objects.map((object) => [keyOf(object), object]));
  const [before, after] = [keyed(present), keyed(wanted)];
  return [...new Set([...after.keys(), ...before.keys()])].flatMap((key) => {
    const pair = { before: before.get(key), after: after.get(key) };
    const name = `${String((pair.after ?? pair.before)?.['kind'])} ${metaOf(pair.after ?? pair.before ?? {}).name}`;
    return differences(pair.before, pair.after).length > 0 ? [{ name, ...pair }] : [];
  });
}

function keyOf(object: ApiObject): string {
  const { namespace = '', name } = metaOf(object);
  return [textAt(object, 'apiVersion'), object['kind'], namespace, name].join(' ');
}

function shown(lines: readonly string[]): string {
  const more = lines.length - MOST_SHOWN;
  return `${lines.slice(0, MOST_SHOWN).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

/** A release changes its own namespace: whether the caller may write elsewhere is not asked. */
export function outsideFaults({ rendered, spec: { target } }: Facts, kinds: readonly ApiKind[]): readonly Check[] {
  const isInside = (object: ApiObject): boolean => {
    const [group = '', version] = groupVersion(textAt(object, 'apiVersion') ?? '');
    const kind = kinds.find((one) => one.kind === object['kind'] && one.group === group && one.version === version);
    return kind?.namespaced === true && (metaOf(object).namespace ?? target.namespace) === target.namespace;
  };
  const outside = changed(rendered).filter(({ before, after }) => [before, after].some((one) => one && !isInside(one)));
  if (outside.length === 0) return [];
  const names = outside.map(({ name }) => name);
  return [
    bad(
      `the upgrade changes objects outside of namespace ${target.namespace}, or of kinds that the cluster does not serve: ${shown(names)}`,
      'Upgrade them first, with the image of now, by helm_upgrade. Then start the release.',
    ),
  ];
}

function groupVersion(apiVersion: string): readonly [string, string] {
  const [version = '', group = ''] = apiVersion.split('/').toReversed();
  return [group, version];
}

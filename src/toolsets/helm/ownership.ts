import { metaOf, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { SluiceError } from '../../domain/errors.ts';
import { releaseText } from '../../domain/helm/release.ts';
import type { ApiKind } from '../../domain/cluster-objects/api-kind.ts';
import type { CommandContext } from '../../commands/command.ts';
import { objectText } from '../../commands/objects/located.ts';
import { refuseReleases } from '../../commands/objects/release-guard.ts';
import { requireRight, type NeededRight } from '../../commands/objects/required-right.ts';
import { each } from './each.ts';
import type { HelmDraft } from './helm-action.ts';
import type { ObjectPair } from './object-plan.ts';

const SECRETS: Pick<ApiKind, 'group' | 'plural'> = { group: '', plural: 'secrets' };

/** Whether the account may do all of it: Helm would notice only in the middle. Errors: FORBIDDEN. */
export async function requireRights(
  context: CommandContext,
  { at, verbs, newNamespace }: HelmDraft,
  pairs: readonly ObjectPair[],
): Promise<void> {
  const { cluster, namespace } = at;
  const needed: NeededRight[] = verbs.map((verb) => ({ cluster, kind: SECRETS, namespace, verb }));
  if (newNamespace) needed.push({ cluster, kind: { group: '', plural: 'namespaces' }, verb: 'create' });
  for (const { place, wanted, live } of pairs)
    if (place.at) {
      const { kind, namespace: where } = place.at;
      const verb = wanted ? (live ? ['patch'] : ['create', 'patch']) : live ? ['delete'] : [];
      needed.push(...verb.map((one) => ({ cluster, kind, namespace: where, verb: one })));
    }
  const distinct = new Map(
    needed.map((right) => [JSON.stringify([right.kind.group, right.kind.plural, right.namespace, right.verb]), right]),
  );
  await each([...distinct.values()], (right) => requireRight(context, right));
}

/**
 * What belongs to somebody else is not touched: to a running release of Sluice, or, if Helm would create it, to
 * anybody. Errors: OWNED_BY_OTHER, ALREADY_EXISTS.
 */
export async function requireOwn(
  context: CommandContext,
  draft: HelmDraft,
  pairs: readonly ObjectPair[],
): Promise<void> {
  for (const { place, present, wanted, live } of pairs) {
    if (!place.at || !live) continue;
    if (wanted && !present) requireAdoptable(draft, place.at, live);
    const write = wanted ? ({ how: 'merge', patch: {} } as const) : ({ how: 'delete' } as const);
    await refuseReleases(context, { at: place.at, before: live, write });
  }
}

/** Source: helm.sh/helm/v4/pkg/action/validate.go (checkOwnership). */
function requireAdoptable({ at }: HelmDraft, place: NonNullable<ObjectPair['place']['at']>, live: ApiObject): void {
  const { labels = {}, annotations = {} } = metaOf(live);
  const [name, namespace] = ['name', 'namespace'].map((part) => annotations[`meta.helm.sh/release-${part}`]);
  const what = objectText(place);
  if (name === undefined || labels['app.kubernetes.io/managed-by'] !== 'Helm')
    throw new SluiceError('ALREADY_EXISTS', `${what} exists, and Helm does not manage it.`, {
      next: 'Choose another name by the values of the chart, or delete the object if nobody needs it.',
    });
  if (name === at.name && namespace === at.namespace) return;
  throw new SluiceError(
    'OWNED_BY_OTHER',
    `${what} belongs to the release ${namespace}/${name} of Helm, not to ${releaseText(at)}.`,
    {
      next: 'Choose another name by the values of the chart, or uninstall the other release.',
    },
  );
}

import { metaOf, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { SluiceError } from '../../domain/errors.ts';
import { releaseText } from '../../domain/helm/release.ts';
import type { CommandContext } from '../../commands/command.ts';
import { objectText } from '../../commands/objects/located.ts';
import { refuseReleases } from '../../commands/objects/release-guard.ts';
import type { HelmDraft } from './action.ts';
import type { ObjectPair } from './object-plan.ts';

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

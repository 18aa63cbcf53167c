import { imageOf, type Revision } from '../rollout.ts';
import type { Facts } from './preflight-facts.ts';

/** The image that the stable version runs, or why a release cannot start from it. */
export type StableVersion = { readonly image: string } | { readonly problem: string; readonly next: string };

/** After an abort the template is that of the aborted version, while users have the stable one. */
export function isTemplateStable({ podHash, stableHash }: Pick<Facts['rollout'], 'podHash' | 'stableHash'>): boolean {
  return podHash === stableHash || stableHash === '';
}

/**
 * A rollback restores this image in the template. The rest of the template must be that of the stable version,
 * otherwise Argo would begin another version after the rollback. `anyTemplate`: a rollback leaves the template.
 */
export function stableVersion(
  { rollout, revisions }: Facts,
  container: string,
  { anyTemplate = false } = {},
): StableVersion {
  const present = imageOf(rollout, container) ?? '';
  if (isTemplateStable(rollout)) return { image: present };
  if (revisions === undefined || typeof revisions === 'string')
    return {
      problem: `the template is not that of the stable version, and the ReplicaSets could not be read (${revisions ?? 'no answer'})`,
      next: 'Grant the account to list ReplicaSets (deploy/rbac.yaml): the image of the stable version is read from them.',
    };
  const of = (hash: string) => revisions.find(({ podHash }) => podHash === hash);
  const [stable, template] = [of(rollout.stableHash), of(rollout.podHash)];
  const image = stable?.images[container];
  if (!stable || image === undefined)
    return {
      problem: `the template is not that of the stable version, and no ReplicaSet has the hash ${rollout.stableHash} of the stable version`,
      next: 'Put the stable image back into the template with argo_update_rollout_image.',
    };
  return !anyTemplate && template && differs(stable, template, container)
    ? {
        problem: `the template differs from the stable version in more than the image of ${container}`,
        next: 'Put the stable template back (kubectl argo rollouts undo), then release the image.',
      }
    : { image };
}

function differs(one: Revision, other: Revision, container: string): boolean {
  const rest = (images: Revision['images']): string =>
    JSON.stringify(Object.entries({ ...images, [container]: '' }).toSorted(([a], [b]) => a.localeCompare(b)));
  return one.templateDigest !== other.templateDigest || rest(one.images) !== rest(other.images);
}

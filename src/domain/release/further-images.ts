import { imageOf } from '../rollout.ts';
import type { Check, ContainerImage, ReleaseSpec } from './plan.ts';
import type { Facts } from './preflight-facts.ts';
import { isTemplateStable } from './stable-version.ts';

type Found =
  | { readonly images: readonly ContainerImage[] }
  | { readonly problem: string; readonly next: string }
  /** The release names none. */
  | undefined;

/**
 * The images that change together with that of `container`. An image that the template has already is left out: a
 * rollback has nothing to put back.
 */
export function furtherImages(spec: ReleaseSpec, { rollout }: Facts, container: string, joined: boolean): Found {
  const given = Object.entries(spec.furtherImages ?? {});
  if (given.length === 0) return undefined;
  const names = Object.keys({ ...rollout.images, ...rollout.initImages });
  const unknown = given.find(([name]) => !names.includes(name));
  if (unknown)
    return {
      problem: `there is no container ${unknown[0]}; the containers are: ${names.join(', ')}`,
      next: 'Name containers of the template in images.',
    };
  if (given.some(([name]) => name === container))
    return { problem: `the image of ${container} is in image`, next: `Leave ${container} out of images.` };
  const changes = given
    .map(([name, to]) => ({ container: name, from: imageOf(rollout, name) as string, to }))
    .filter(({ from, to }) => from !== to);
  const [first] = changes;
  if (first && joined)
    return {
      problem: `the update that is under way has ${first.container}: ${first.from}, not ${first.to}`,
      next: 'Leave images out: the release takes the update as it is.',
    };
  if (first && !isTemplateStable(rollout))
    return {
      problem: 'the template is not that of the stable version, so it does not have the images to go back to',
      next: 'Put the stable template back (kubectl argo rollouts undo), then release the images.',
    };
  return { images: changes };
}

/** One check if the release names further images. */
export function furtherImagesCheck(
  spec: ReleaseSpec,
  facts: Facts,
  container: string | undefined,
  joined: boolean,
): readonly Check[] {
  const found = container === undefined ? undefined : furtherImages(spec, facts, container, joined);
  if (!found) return [];
  if ('problem' in found) return [{ name: 'images', ok: false, detail: found.problem, next: found.next }];
  const changes = found.images.map(({ container: name, from, to }) => `${name}: ${from} → ${to}`);
  return [{ name: 'images', ok: true, detail: changes.join(', ') || 'the template has them already' }];
}

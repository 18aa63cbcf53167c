import type { Revision, RolloutState } from '../rollout.ts';

/** The container by whose image a release calls the version, and that image. */
export interface NamedVersion {
  readonly container: string;
  readonly image: string;
}

/**
 * The name of the version of an update. `named`: the container of the release file. By default it is the only
 * container, else the first one whose image has changed, else the first one. Undefined if there is none.
 */
export function versionOf(
  { images, initImages = {}, stableHash }: Pick<RolloutState, 'images' | 'initImages' | 'stableHash'>,
  revisions: readonly Pick<Revision, 'podHash' | 'images'>[],
  named?: string,
): NamedVersion | undefined {
  const all = { ...images, ...initImages };
  const own = Object.keys(images);
  const before = revisions.find(({ podHash }) => podHash === stableHash)?.images ?? {};
  const changed = Object.keys(all).find((name) => all[name] !== before[name]);
  const container = named ?? (own.length === 1 ? own[0] : (changed ?? own[0]));
  const image = container === undefined ? undefined : all[container];
  return container === undefined || image === undefined ? undefined : { container, image };
}

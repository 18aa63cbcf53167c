import { trafficRef } from '../src/delivery/move.ts';
import type { Scene } from '../src/domain/release/scene.ts';
import type { RivalRoute } from '../src/domain/route/rival.ts';
import type { SplitPort } from '../src/ports/split.ts';

/** The rules that may get the requests of a release. `now`: epoch ms. Errors: those of SplitPort.rivals. */
export type RivalsOf = (scene: Scene, now: number) => Promise<readonly RivalRoute[]>;

/** An answer or an error is used for this long, because a release is looked at every second. */
const KEPT_MS = 30_000;

export function createRivals(split: Pick<SplitPort, 'rivals'>): RivalsOf {
  const kept = new Map<string, { readonly at: number; readonly rivals: Promise<readonly RivalRoute[]> }>();
  return (scene, now) => {
    for (const [key, { at }] of kept) if (now - at >= KEPT_MS) kept.delete(key);
    const ref = trafficRef(scene);
    const key = `${ref.cluster}/${ref.namespace}/${ref.name}`;
    const read = kept.get(key) ?? { at: now, rivals: split.rivals(ref) };
    kept.set(key, read);
    return read.rivals;
  };
}

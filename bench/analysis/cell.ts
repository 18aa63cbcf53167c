import type { Figures } from './simulate.ts';
import { DELTA } from './sluice.ts';
import { truth, type Setting, type Version } from './world.ts';

export interface Cell {
  readonly setting: Setting;
  readonly figures: ReadonlyMap<string, Figures>;
}

/**
 * Share of wrong decisions. A failure is wrong when the version is not worse by more than the margin. A pass is wrong
 * when it is.
 */
export function wrong(version: Version, { failed, passed }: Figures): number {
  return truth(version, DELTA) === 'worse' ? passed : failed;
}

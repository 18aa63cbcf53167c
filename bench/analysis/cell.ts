import type { Figures } from './simulate.ts';
import { DELTA } from './sluice.ts';
import { truth, type Setting, type Version } from './world.ts';

export interface Cell {
  readonly setting: Setting;
  readonly figures: ReadonlyMap<string, Figures>;
}

/** A failure is wrong when the version is not worse by more than the margin; a pass when it is. */
export function wrong(version: Version, { failed, passed }: Figures): number {
  return truth(version, DELTA) === 'worse' ? passed : failed;
}

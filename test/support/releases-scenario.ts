import type { Strategy } from './fake-world-options.ts';
import type { Cell } from './matrix.ts';
import type { Stage } from './releases-stage.ts';

/**
 * * `steady`: in parallel with others on one worker that is never killed.
 * * `chaos`: alone on a worker that may be killed.
 * * `stopped`: alone on two workers of one task queue, one of which may be frozen.
 * * `settings`: on a plain `sluice worker`, through a server with other settings.
 * * `together`: all of them in parallel, after the others.
 */
export type LaneKind = 'steady' | 'chaos' | 'stopped' | 'settings' | 'together';

/** The expected state of the cluster. It is proved from the cluster itself after every scenario. */
export type End = { readonly is: 'released' | 'back' | 'left-to'; readonly image: string };

export interface Scenario {
  readonly name: string;
  readonly strategy: Strategy;
  readonly lane: LaneKind;
  /** The cells of the table that it fills when it passes. */
  readonly cells: readonly Cell[];
  /** Name under which its history is stored for the replay tests. */
  readonly record?: string;
  /** Images that fail on purpose need not be listed, because their tags show it. */
  play(stage: Stage): Promise<End>;
}

export const released = (image: string): End => ({ is: 'released', image });
export const back = (image: string): End => ({ is: 'back', image });
export const leftTo = (image: string): End => ({ is: 'left-to', image });

export type Play = Scenario['play'];
interface Options {
  readonly lane?: LaneKind;
  readonly cells?: readonly Omit<Cell, 'strategy'>[];
  readonly record?: string;
}

/** The same scenario for both strategies. */
export function forBoth(name: string, play: Play, options: Options = {}): Scenario[] {
  return [...forOne('canary', name, play, options), ...forOne('blue-green', name, play, options)];
}

export function forOne(
  strategy: Strategy,
  name: string,
  play: Play,
  { lane = 'steady', cells = [], record }: Options = {},
): Scenario[] {
  return [
    {
      name: `${strategy}: ${name}`,
      strategy,
      lane,
      cells: cells.map((cell) => ({ ...cell, strategy })),
      play,
      ...(record ? { record: `${strategy}-${record}` } : {}),
    },
  ];
}

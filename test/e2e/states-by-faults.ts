import { API_SERVER_RESTARTED } from '../chaos/api-server-outage.ts';
import { STOPPED } from '../chaos/stopped-workers.ts';
import { TEMPORAL_RESTARTED } from '../chaos/temporal-outage.ts';
import { KILLED_AFTER, KILLED_BEFORE, WRITING_STATES } from '../chaos/worker-kills.ts';
import type { Strategy } from '../support/fake-world-options.ts';
import { STRATEGIES, type Cell, type MatrixSpec, type NotApplicable } from '../support/matrix.ts';
import { OPEN_STATES, type OpenState } from '../support/releases-states.ts';
import { IMAGE_FOUGHT, WEIGHTS_FOUGHT } from './foreign-writers.ts';
import { ABORT, FOREIGN_IMAGE } from './interference.ts';
import { PAUSE } from './pauses.ts';
import { TWIN } from './schedule-twin.ts';
import { RESET, TERMINATED } from './temporal-ends.ts';
import { ACTIVITIES_PAUSED, RUN_PAUSED, WITHOUT_ACTIVITY } from './temporal-pauses.ts';

const NOTHING_WRITTEN = 'a worker writes nothing to the cluster in this state, so there is no moment after a write';
const NO_ACTIVITY = 'the run waits for a person only in this state, so it has no activity that could be paused';

const without = (states: readonly OpenState[], fault: string, because: string): NotApplicable[] =>
  states.map((state) => ({ state, fault, because }));

const readOnly = OPEN_STATES.filter((state) => !WRITING_STATES.includes(state));

/** Columns of which `npm test` runs every state, each with one strategy. */
const EVERY_STATE: readonly string[] = [
  ...[PAUSE, FOREIGN_IMAGE, KILLED_BEFORE],
  ...[KILLED_AFTER, TEMPORAL_RESTARTED, ABORT],
];
/** Columns of which `npm test` runs every third state. */
const EVERY_THIRD: readonly string[] = [
  ...[STOPPED, RESET, TERMINATED, RUN_PAUSED, ACTIVITIES_PAUSED],
  ...[API_SERVER_RESTARTED, WEIGHTS_FOUGHT, IMAGE_FOUGHT, TWIN],
];

/** Every state that is not an end, against everything that may happen to a release. */
export const STATES_BY_FAULTS: MatrixSpec = {
  states: OPEN_STATES,
  faults: [...EVERY_STATE, ...EVERY_THIRD],
  notApplicable: [
    ...without(readOnly, KILLED_AFTER, NOTHING_WRITTEN),
    ...without(WITHOUT_ACTIVITY, ACTIVITIES_PAUSED, NO_ACTIVITY),
  ],
};

/**
 * Whether a cell is left to `npm run matrix`. In `npm test` the strategies alternate in each column, so it covers all
 * pairs of a fault and a strategy and of a state and a strategy. In the columns of EVERY_STATE it also covers all pairs
 * of a state and a fault.
 */
export function isLeftToMatrix({ state, fault, strategy }: Cell): boolean {
  const row = OPEN_STATES.indexOf(state as OpenState);
  const [whole, third] = [EVERY_STATE.indexOf(fault), EVERY_THIRD.indexOf(fault)];
  if (whole >= 0) return strategyAt(row + whole) !== strategy;
  return (row + third) % 3 !== 0 || strategyAt((row + third) / 3) !== strategy;
}

const strategyAt = (index: number): Strategy => STRATEGIES[index % STRATEGIES.length] as Strategy;

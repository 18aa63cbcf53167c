import { API_SERVER_RESTARTED } from '../chaos/api-server-outage.ts';
import { STOPPED } from '../chaos/stopped-workers.ts';
import { TEMPORAL_RESTARTED } from '../chaos/temporal-outage.ts';
import { KILLED_AFTER, KILLED_BEFORE, WRITING_STATES } from '../chaos/worker-kills.ts';
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

/** Columns that always run whole. */
const ALWAYS = [ABORT, PAUSE, FOREIGN_IMAGE, KILLED_BEFORE, KILLED_AFTER, TEMPORAL_RESTARTED];
/** Columns of which `npm test` runs a selection (isLeftToMatrix). */
const SELECTED: readonly string[] = [
  ...[STOPPED, RESET, TERMINATED, RUN_PAUSED, ACTIVITIES_PAUSED],
  ...[API_SERVER_RESTARTED, WEIGHTS_FOUGHT, IMAGE_FOUGHT, TWIN],
];

/** Every state that is not an end, against everything that may happen to a release. */
export const STATES_BY_FAULTS: MatrixSpec = {
  states: OPEN_STATES,
  faults: [...ALWAYS, ...SELECTED],
  notApplicable: [
    ...without(readOnly, KILLED_AFTER, NOTHING_WRITTEN),
    ...without(WITHOUT_ACTIVITY, ACTIVITIES_PAUSED, NO_ACTIVITY),
  ],
};

/**
 * Whether a cell is left to `npm run matrix`. Of the columns with a selection, `npm test` runs every third state of a
 * fault, and the strategies alternate. So it covers all pairs of a fault and a strategy and of a state and a strategy,
 * and each state meets every third fault.
 */
export function isLeftToMatrix({ state, fault, strategy }: Cell): boolean {
  const [row, column] = [OPEN_STATES.indexOf(state as OpenState), SELECTED.indexOf(fault)];
  if (column < 0) return false;
  return (row + column) % 3 !== 0 || STRATEGIES[((row + column) / 3) % STRATEGIES.length] !== strategy;
}

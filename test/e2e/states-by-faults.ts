import { TEMPORAL_RESTARTED } from '../chaos/temporal-outage.ts';
import { KILLED_AFTER, KILLED_BEFORE, WRITING_STATES } from '../chaos/worker-kills.ts';
import type { MatrixSpec, NotApplicable } from '../support/matrix.ts';
import { OPEN_STATES } from '../support/releases-states.ts';
import { ABORT, FOREIGN_IMAGE } from './interference.ts';
import { PAUSE } from './pauses.ts';

const NOTHING_WRITTEN = 'a worker writes nothing to the cluster in this state, so there is no moment after a write';

const withoutWrites: NotApplicable[] = OPEN_STATES.filter((state) => !WRITING_STATES.includes(state)).map((state) => ({
  state,
  fault: KILLED_AFTER,
  because: NOTHING_WRITTEN,
}));

/** Every state that is not an end, against everything that may happen to a release. */
export const STATES_BY_FAULTS: MatrixSpec = {
  states: OPEN_STATES,
  faults: [ABORT, PAUSE, FOREIGN_IMAGE, KILLED_BEFORE, KILLED_AFTER, TEMPORAL_RESTARTED],
  notApplicable: withoutWrites,
};

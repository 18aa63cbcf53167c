import { apiServerOutage } from '../chaos/api-server-outage.ts';
import { continuedRuns } from '../chaos/continued-runs.ts';
import type { Round } from '../chaos/round.ts';
import { stoppedWorkers } from '../chaos/stopped-workers.ts';
import { temporalOutage } from '../chaos/temporal-outage.ts';
import { workerKills } from '../chaos/worker-kills.ts';
import type { Scenario } from '../support/releases-scenario.ts';
import { commands } from './commands.ts';
import { foreignWriters } from './foreign-writers.ts';
import { interference } from './interference.ts';
import { outcomes } from './outcomes.ts';
import { pauses } from './pauses.ts';
import { queues } from './queues.ts';
import { questions } from './questions.ts';
import { scheduleTwins } from './schedule-twin.ts';
import { schedules } from './schedules.ts';
import { temporalEnds } from './temporal-ends.ts';
import { temporalPauses } from './temporal-pauses.ts';
import { shadowed } from './shadowed.ts';
import { watched } from './watched.ts';

export interface Scenarios {
  /** They run side by side, as many at once as there are tracks of their kind. */
  readonly atOnce: readonly Scenario[];
  /** Then the rounds, one after the other. */
  readonly rounds: readonly Round[];
}

export function scenariosOf(chosen: (scenario: Scenario) => boolean): Scenarios {
  const all = [
    ...[workerKills, continuedRuns, stoppedWorkers, interference, pauses, commands, questions, outcomes],
    ...[temporalEnds, temporalPauses, foreignWriters, scheduleTwins, schedules, queues, watched, shadowed],
  ];
  const rounds = [temporalOutage(chosen), apiServerOutage(chosen)];
  return { atOnce: all.flat().filter(chosen), rounds: rounds.filter(({ scenarios }) => scenarios.length > 0) };
}

export const everyScenario = ({ atOnce, rounds }: Scenarios): readonly Scenario[] => [
  ...atOnce,
  ...rounds.flatMap(({ scenarios }) => scenarios),
];

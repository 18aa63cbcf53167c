import type { Run } from '../support/releases-run.ts';
import { expectEnd } from '../support/releases-proof.ts';
import { back, forBoth, released, type End, type Scenario } from '../support/releases-scenario.ts';
import type { Stage } from '../support/releases-stage.ts';
import { bringTo, OPEN_STATES, recordedAs, type OpenState } from '../support/releases-states.ts';
import { Outage } from './outage.ts';

/** Releases that go through one outage together, after everything that runs side by side. */
export interface Round {
  readonly says: string;
  readonly scenarios: readonly Scenario[];
  readonly strike: (run: Run) => Promise<void>;
}

interface RoundOf {
  readonly says: string;
  /** The column of the table. */
  readonly fault: string;
  /** Name of a scenario before the state. */
  readonly name: string;
  /** The start of the name under which histories are stored. Absent: none is stored. */
  readonly record?: string;
  readonly outage: (run: Run) => Promise<unknown>;
}

/** A release of each strategy in every state during the outage. */
export function roundOf({ says, fault, name, record, outage: disturb }: RoundOf, chosen: Chosen): Round {
  const outage = new Outage();
  const scenarios = OPEN_STATES.flatMap((state) =>
    forBoth(`${name} while ${state}`, (stage) => outlive(outage, state, stage), {
      lane: 'together',
      cells: [{ state, fault }],
      ...(record === undefined ? {} : recordedAs(record, state)),
    }),
  ).filter(chosen);
  outage.expected = scenarios.length;
  return { says, scenarios, strike: (run) => outage.strike(run, disturb) };
}

export type Chosen = (scenario: Scenario) => boolean;

async function outlive(outage: Outage, state: OpenState, stage: Stage): Promise<End> {
  const before = await stage.present();
  // A soak that lasts beyond the outage: the release must still be in its state when the outage begins.
  const held = await bringTo(state, stage, state === 'soaking' ? { analysis: { soak: '30s' } } : {}).catch(
    async (error: unknown) => {
      void outage.arrive();
      throw error;
    },
  );
  await outage.arrive();
  await held.letGo();
  await expectEnd(held.release, state === 'aborting' ? 'rolled-back' : 'succeeded');
  return state === 'aborting' ? back(before) : released(held.release.image);
}

import { setTimeout as sleep } from 'node:timers/promises';
import { startPart, stopPart } from '../../sandbox/index.ts';
import { expect } from '@jest/globals';
import type { Lane } from '../support/releases-lane.ts';
import type { Mcp } from '../support/mcp-client.ts';
import type { Run } from '../support/releases-run.ts';
import { expectEnd, expectRefusal } from '../support/releases-proof.ts';
import { back, forBoth, released, type End, type Scenario } from '../support/releases-scenario.ts';
import type { Stage } from '../support/releases-stage.ts';
import { bringTo, OPEN_STATES, recordedAs, type OpenState } from '../support/releases-states.ts';
import { eventually } from '../support/releases-wait.ts';

export const TEMPORAL_RESTARTED = 'Temporal restarted';

/** Longer than the heartbeat timeout of activities, so that every one of them was lost for Temporal. */
const DOWN_MS = 7_000;

/** The one outage that all of these releases go through together. */
export class Outage {
  /** How many releases it waits for. */
  expected = 0;
  private arrived = 0;
  private readonly over = Promise.withResolvers<void>();

  constructor() {
    this.over.promise.catch(() => undefined);
  }

  /** Called by each release once it is in its state; returns when Temporal answers again. */
  arrive(): Promise<void> {
    this.arrived += 1;
    return this.over.promise;
  }

  async strike({ sandbox, lanes }: Run): Promise<void> {
    await eventually('every release is in its state', () => (this.arrived >= this.expected ? true : undefined), {
      timeoutMs: 150_000,
      now: () => this.arrived,
    });
    try {
      await stopPart(sandbox, 'temporal');
      await Promise.all([expectUnreachable((lanes[0] as Lane).mcp), sleep(DOWN_MS)]);
      await startPart(sandbox, 'temporal');
      this.over.resolve();
    } catch (error) {
      this.over.reject(error);
      throw error;
    }
  }
}

/** A release of each strategy in every state while Temporal is away. */
export function temporalOutage(chosen: (scenario: Scenario) => boolean): {
  scenarios: Scenario[];
  strike: (run: Run) => Promise<void>;
} {
  const outage = new Outage();
  const all = OPEN_STATES.flatMap((state) =>
    forBoth(`Temporal is stopped and started while ${state}`, (stage) => outlive(outage, state, stage), {
      lane: 'together',
      cells: [{ state, fault: TEMPORAL_RESTARTED }],
      ...recordedAs('temporal-restarted-in', state),
    }),
  );
  const scenarios = all.filter(chosen);
  outage.expected = scenarios.length;
  return { scenarios, strike: (run) => outage.strike(run) };
}

async function outlive(outage: Outage, state: OpenState, stage: Stage): Promise<End> {
  const before = await stage.present();
  // A soak that lasts beyond the outage: the release must still be in its state when Temporal goes.
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

/** A caller is told meanwhile what is wrong, and soon. */
async function expectUnreachable(mcp: Mcp): Promise<void> {
  const began = Date.now();
  await expectRefusal(mcp.call('release_list', {}), 'TEMPORAL_UNREACHABLE', /Temporal/);
  expect(Date.now() - began).toBeLessThan(6_000);
}

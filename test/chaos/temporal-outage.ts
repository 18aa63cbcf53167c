import { setTimeout as sleep } from 'node:timers/promises';
import { startPart, stopPart } from '../../sandbox/index.ts';
import { expect } from '@jest/globals';
import type { Lane } from '../support/releases-lane.ts';
import type { Mcp } from '../support/mcp-client.ts';
import { expectRefusal } from '../support/releases-proof.ts';
import type { Run } from '../support/releases-run.ts';
import { roundOf, type Chosen, type Round } from './round.ts';

export const TEMPORAL_RESTARTED = 'Temporal restarted';

/** Longer than the heartbeat timeout of activities, so that every one of them was lost for Temporal. */
const DOWN_MS = 7_000;

/** A release of each strategy in every state while Temporal is away. */
export function temporalOutage(chosen: Chosen): Round {
  const name = 'Temporal is stopped and started';
  const says = 'Temporal goes away as soon as every release is in its state';
  return roundOf({ says, fault: TEMPORAL_RESTARTED, name, record: 'temporal-restarted-in', outage }, chosen);
}

async function outage({ sandbox, lanes }: Run): Promise<void> {
  await stopPart(sandbox, 'temporal');
  await Promise.all([expectUnreachable((lanes[0] as Lane).mcp), sleep(DOWN_MS)]);
  await startPart(sandbox, 'temporal');
}

/** A caller gets the reason meanwhile, and does not wait for the end of the outage. */
async function expectUnreachable(mcp: Mcp): Promise<void> {
  const began = Date.now();
  await expectRefusal(mcp.call('release_list', {}), 'TEMPORAL_UNREACHABLE', /Temporal/);
  expect(Date.now() - began).toBeLessThan(30_000);
}

import { setTimeout as sleep } from 'node:timers/promises';
import { startPart, stopPart } from '../../sandbox/index.ts';
import { NAMESPACE } from '../support/releases-stage.ts';
import type { Lane } from '../support/releases-lane.ts';
import type { Mcp } from '../support/mcp-client.ts';
import { expectRefusal } from '../support/releases-proof.ts';
import type { Run } from '../support/releases-run.ts';
import { roundOf, type Chosen, type Round } from './round.ts';

export const API_SERVER_RESTARTED = 'API server restarted';

/** Longer than the guard needs to look at the target twice. */
const DOWN_MS = 4_000;

/** A release of each strategy in every state while the Kubernetes API server crashes and comes back. */
export function apiServerOutage(chosen: Chosen): Round {
  const name = 'the API server crashes and comes back';
  const says = 'The API server crashes as soon as every release is in its state';
  return roundOf({ says, fault: API_SERVER_RESTARTED, name, outage }, chosen);
}

async function outage({ sandbox, lanes }: Run): Promise<void> {
  await stopPart(sandbox, 'kube-apiserver', 'SIGKILL');
  const { context } = sandbox;
  await Promise.all([expectUnreachable((lanes[0] as Lane).mcp, context), sleep(DOWN_MS)]);
  await startPart(sandbox, 'kube-apiserver');
}

/** A caller is told meanwhile what is wrong. */
async function expectUnreachable(mcp: Mcp, cluster: string): Promise<void> {
  const call = mcp.call('argo_list_rollouts', { cluster, namespace: NAMESPACE, fresh: true });
  await expectRefusal(call, 'CLUSTER_UNREACHABLE', /cannot be reached/);
}

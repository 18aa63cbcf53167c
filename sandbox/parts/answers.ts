import { readFileSync } from 'node:fs';

import { ApiClient } from '../cluster/api-client.ts';
import type { SandboxState } from '../processes/state.ts';
import { certificate, loopback } from './layout.ts';

/** Whether a URL answers with success within a second. */
export async function answers(url: string): Promise<boolean> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(1_000) });
  await answer.arrayBuffer();
  return answer.ok;
}

export function apiClient(stateDir: string, state: SandboxState, user = 'sluice-admin'): ApiClient {
  const token = state.tokens[user];
  if (!token) throw new Error(`The sandbox has no user ${user}.`);
  return new ApiClient(`https://${loopback(state, 'api-server')}`, token, readFileSync(certificate(stateDir), 'utf8'));
}

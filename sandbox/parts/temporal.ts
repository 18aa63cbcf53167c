import { join } from 'node:path';

import type { PartCommand } from '../processes/part.ts';
import type { SandboxState } from '../processes/state.ts';
import { answers } from './answers.ts';
import { http, portOf } from './layout.ts';

/** The dev server allows ten Keyword attributes. With eleven it does not start. */
export const SEARCH_ATTRIBUTES = ['SluiceTarget', 'SluiceState', 'SluiceStrategy', 'SluiceVersion', 'SluiceStartedBy'];

export function temporal(stateDir: string, state: SandboxState): PartCommand {
  const ui = http(state, 'temporal-ui');
  return {
    name: 'temporal',
    command: state.binaries['temporal']!,
    args: [
      'server',
      'start-dev',
      '--ip',
      '127.0.0.1',
      '--log-level',
      'warn',
      '--port',
      `${portOf(state, 'temporal')}`,
      '--ui-port',
      `${portOf(state, 'temporal-ui')}`,
      '--http-port',
      `${portOf(state, 'temporal-http')}`,
      '--metrics-port',
      `${portOf(state, 'temporal-metrics')}`,
      '--db-filename',
      join(stateDir, 'temporal.db'),
      // Off by default (Temporal 1.32). With it, `temporal workflow pause` works.
      '--dynamic-config-value',
      'frontend.WorkflowPauseEnabled=true',
      ...SEARCH_ATTRIBUTES.flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
    ],
    url: ui,
    // The request goes through the UI to the frontend, so both must answer.
    ready: () => answers(`${ui}/api/v1/namespaces/default`),
  };
}

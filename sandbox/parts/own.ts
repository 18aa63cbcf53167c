import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { PartCommand } from '../processes/part.ts';
import type { SandboxState } from '../processes/state.ts';
import type { LoadConfig } from '../load/config.ts';
import { NODE_NAME } from '../cluster/bootstrap.ts';
import type { AgentConfig } from '../node-agent/config.ts';
import { answers } from './answers.ts';
import { certificate, http, loopback, portOf } from './layout.ts';

export function writeConfig(stateDir: string, name: string, config: object): string {
  const file = join(stateDir, `${name}.json`);
  writeFileSync(file, JSON.stringify(config, null, 2), { mode: 0o600 });
  return file;
}

export const script = (path: string): string => join(import.meta.dirname, '..', path);

export function nodeAgent(stateDir: string, state: SandboxState): PartCommand {
  const config: AgentConfig = {
    apiServer: `https://${loopback(state, 'api-server')}`,
    token: state.tokens['node-agent'] ?? '',
    certificate: certificate(stateDir),
    node: NODE_NAME,
    range: state.range,
  };
  return {
    name: 'node-agent',
    command: process.execPath,
    args: [script('node-agent/main.ts'), writeConfig(stateDir, 'node-agent', config)],
  };
}

export function load(stateDir: string, state: SandboxState): PartCommand {
  const config: LoadConfig = {
    port: portOf(state, 'load'),
    entryUrls: [http(state, 'traefik-1-web'), http(state, 'traefik-2-web')],
    rps: state.rps,
    stateFile: join(stateDir, 'load-state.json'),
  };
  return {
    name: 'load',
    command: process.execPath,
    args: [script('load/main.ts'), writeConfig(stateDir, 'load', config)],
    url: http(state, 'load'),
    ready: () => answers(`${http(state, 'load')}/stats`),
  };
}

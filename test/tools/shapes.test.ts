import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { Place } from '../../bench/shapes/place.ts';
import type { Caller } from '../../bench/shapes/plan.ts';
import { pairwiseSample } from '../../bench/shapes/sample.ts';
import { readShapes } from '../../bench/shapes/shape.ts';
import { walkAll, type Found } from '../../bench/shapes/walk.ts';
import type { Sandbox } from '../../sandbox/index.ts';
import { execute } from '../../src/commands/execute.ts';
import { loadSettings } from '../../src/config/load.ts';
import { createServices } from '../../src/entry/services.ts';
import { CATALOGUE } from '../../src/toolsets/index.ts';
import { sharedSandbox } from '../support/sandbox.ts';

const SAMPLE = pairwiseSample(readShapes());
let found: readonly Found[];

beforeAll(async () => {
  const sandbox = await sharedSandbox();
  const caller = toolsOf(sandbox);
  found = await walkAll({ place: new Place(sandbox), caller, planOnly: true }, SAMPLE, 6);
  await caller.close();
}, 900_000);

test.each(SAMPLE.map(({ name, end }) => [name, end]))('%s is %s', (name, end) => {
  const one = found.find(({ shape }) => shape.name === name);
  expect(`${one?.end}: ${one?.says}`).toMatch(new RegExp(`^${end}: `));
});

/** The tools in this process, on the sandbox. */
function toolsOf(sandbox: Sandbox): Caller & { close(): Promise<void> } {
  const env = {
    SLUICE_KUBECONFIG: sandbox.kubeconfig,
    SLUICE_PROMETHEUS_URL: sandbox.prometheusUrl,
    SLUICE_TRAEFIK_API_URLS: sandbox.traefikApiUrls.join(','),
    TEMPORAL_ADDRESS: sandbox.temporalAddress,
    SLUICE_HOME: mkdtempSync(join(tmpdir(), 'shapes-')),
  };
  const services = createServices(loadSettings({ env }).settings);
  const audit = { ready: async () => undefined, begin: async () => undefined, record: async () => undefined };
  return {
    async call<T>(tool: string, raw: Record<string, unknown>): Promise<T> {
      const command = CATALOGUE.find(({ name }) => name === tool);
      if (!command) throw new Error(`no tool ${tool}`);
      const context = {
        ...services,
        caller: { id: 'test', kind: 'cli' as const },
        signal: new AbortController().signal,
        progress: async () => undefined,
      };
      return (await execute({ command, raw, context, gate: { allowWrite: true, toolsets: [] }, audit })) as T;
    },
    close: () => services.close(),
  };
}

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { Place } from '../../bench/shapes/place.ts';
import type { Caller } from '../../bench/shapes/plan.ts';
import { pairwiseSample } from '../../bench/shapes/sample.ts';
import { readShapes, type Shape } from '../../bench/shapes/shape.ts';
import { walk } from '../../bench/shapes/walk.ts';
import type { Sandbox } from '../../sandbox/index.ts';
import { execute } from '../../src/commands/execute.ts';
import { loadSettings } from '../../src/config/load.ts';
import { createServices } from '../../src/entry/services.ts';
import { CATALOGUE } from '../../src/toolsets/index.ts';
import { sharedSandbox } from '../support/sandbox.ts';

jest.setTimeout(600_000);

const SAMPLE = pairwiseSample(readShapes());
let place: Place;
let caller: Caller & { close(): Promise<void> };

beforeAll(async () => {
  const sandbox = await sharedSandbox();
  place = new Place(sandbox);
  caller = toolsOf(sandbox);
});

afterAll(() => caller.close());

test.concurrent.each(SAMPLE.map((shape) => [shape.name, shape] as const))('%s', async (_name, shape: Shape) => {
  const { end, says } = await walk({ place, caller, planOnly: true }, shape);
  expect(`${end}: ${says}`).toMatch(new RegExp(`^${shape.end}: `));
});

/** The tools in this process, on the sandbox. */
function toolsOf(sandbox: Sandbox): typeof caller {
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

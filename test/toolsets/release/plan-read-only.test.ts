import { expect, test } from '@jest/globals';
import { execute } from '../../../src/commands/execute.ts';
import type { ReleaseSpec } from '../../../src/domain/release/plan.ts';
import { releasePlan } from '../../../src/toolsets/release/release-plan.ts';
import { createFakeGateway, fakeServices, READY } from '../../support/fake-gateway.ts';
import { memoryAudit } from '../../support/mcp-server.ts';

const FILE = {
  target: { namespace: 'shop', rollout: 'web' },
  image: 'shop:v2',
  analysis: { metrics: [{ name: 'secrets', kind: 'limit', query: 'max(other_tenant_secret)', max: 1 }] },
};

/** The metrics that preflight was asked to try, and the checks of the plan. */
async function plan(allowWrite: boolean, raw: unknown = FILE) {
  const seen: ReleaseSpec[] = [];
  const output = await execute({
    command: releasePlan,
    raw,
    context: {
      ...fakeServices(createFakeGateway()),
      preflight: (spec) => (seen.push(spec), Promise.resolve(READY)),
      caller: { id: 'mcp:test', kind: 'mcp' },
      signal: new AbortController().signal,
      progress: () => Promise.resolve(),
    },
    gate: { allowWrite, toolsets: [] },
    audit: memoryAudit(),
  });
  return { metrics: seen[0]?.analysis.metrics ?? [], checks: JSON.stringify(output['checks']) };
}

test('a server that only reads runs no query of the caller, and says so', async () => {
  const { metrics, checks } = await plan(false);
  expect(metrics).toEqual([]);
  expect(checks).toContain('not tried: 1 metric of the release, because this server only reads');
});

test('a server that writes tries them, and a release without queries says nothing of them', async () => {
  expect((await plan(true)).metrics).toHaveLength(1);
  expect((await plan(false, { ...FILE, analysis: {} })).checks).not.toContain('not tried');
});

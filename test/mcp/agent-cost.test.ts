import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { HttpServer } from '../../src/http/server.ts';
import type { Finding, Verdict } from '../../src/domain/analysis/verdict.ts';
import type { ReleaseEvent, ReleaseView } from '../../src/domain/release/view.ts';
import { AT, aView, createFakeGateway, fakeServices, PLAN, READY } from '../support/fake-gateway.ts';
import { read } from '../repo/tracked-files.ts';
import { connect, type TestClient } from '../support/mcp-clients.ts';
import { depsOver, startServerOver } from '../support/mcp-server.ts';

// What a release costs an agent that reads answers as text: characters / 4, about what models call tokens.

const ID = 'release/prod/shop/web';
const STEPS = [20, 50, 100];
const MAX_TOKENS = 10_000;
/** What docs/mcp.md says of the whole release. */
const TOTAL_TOKENS = { release: 8_500, default: 8_900, all: 14_900 } as const;
/** What docs/mcp.md says of the list of tools, with writing on. */
const LIST_TOKENS = { release: 4_000, default: 4_100, all: 10_200 } as const;
const gateway = createFakeGateway();
let server: HttpServer;

beforeAll(async () => {
  const plan = { ...PLAN, steps: STEPS.map((weight, index) => ({ weight, pauseIndex: 2 * index + 1 })) };
  const services = fakeServices(gateway, { ...READY, plan });
  server = await startServerOver(depsOver(services, { allowWrite: true }));
});
afterAll(() => server.close());

const finding = (metric: string, outcome: Finding['outcome'], weight: number): Finding => ({
  metric,
  outcome,
  measured: 0.0031,
  evidence: {
    worse: 0.2,
    notWorse: outcome === 'pass' ? 3.4 : 1.1,
    bound: 3,
    blocks: 14,
    delta: 0.01,
    phi: 1,
    candidate: { requests: 12 * weight, bad: 1 },
    stable: { requests: 2_400, bad: 7 },
  },
  reason: `${metric}: new 0.31 % of ${12 * weight}, stable 0.29 % of 2400; ${outcome === 'pass' ? 'proved not worse by 1.0 points (odds 30 to 1)' : 'not worse by 1.0 points: odds 3 to 1, 20 to 1 needed'}`,
});

function verdictOf(weight: number, outcome: 'pass' | 'inconclusive'): Verdict {
  const findings = ['errors', 'slow-100ms', 'slow-300ms', 'slow-1200ms'].map((name) => finding(name, outcome, weight));
  return {
    outcome,
    reason: findings.map(({ reason }) => reason).join('; '),
    findings,
    candidate: { requests: 12 * weight, errors: 1 },
    stable: { requests: 2_400, errors: 7 },
    measuredShare: weight / 100,
    from: AT,
    to: AT + 60_000,
  };
}

/** The moments of a canary of three steps that a waiting agent is told of, with the texts of the workflow. */
function course(): Partial<ReleaseView>[] {
  const events: ReleaseEvent[] = [{ at: AT, state: 'preflight', text: 'checking the target' }];
  const moments: Partial<ReleaseView>[] = [];
  const add = (view: Partial<ReleaseView> & Pick<ReleaseView, 'state' | 'reason'>) => {
    events.push({ at: AT + events.length * 1000, state: view.state, text: view.reason });
    moments.push({ ...view, events: [...events] });
  };
  add({ state: 'starting', reason: 'setting shop:v2' });
  STEPS.forEach((weight, stepIndex) => {
    const step = { stepIndex, weightWanted: weight };
    const replicas = ['traefik-1', 'traefik-2'].map((replica) => ({ replica, candidate: weight }));
    const proof = {
      effective: 'proved' as const,
      reason: 'in force on all 2 Traefik replicas',
      wanted: weight,
      rollout: weight,
      traefikService: weight,
      replicas,
      at: AT,
    };
    const open = verdictOf(weight, 'inconclusive');
    const pass = verdictOf(weight, 'pass');
    add({ ...step, state: 'shifting', reason: `step ${stepIndex + 1} of 3: weight ${weight}` });
    add({ ...step, proof, state: 'soaking', reason: `weight ${weight} for 60 s` });
    add({ ...step, proof, verdict: open, state: 'judging', reason: `inconclusive, holding: ${open.reason}` });
    const waiting = { for: 'promotion' as const, answers: ['promote', 'abort'], sinceMs: AT, deadlineInMs: 86_400_000 };
    const reason = `weight ${weight} passed (${pass.reason}); waiting for promote`;
    add({ ...step, proof, verdict: pass, state: 'waiting-for-decision', reason, waiting });
  });
  const last = { stepIndex: 2, weightWanted: 0, verdict: verdictOf(100, 'pass') };
  add({ ...last, state: 'promoting', reason: 'every step has passed: promoting' });
  add({ ...last, state: 'succeeded', reason: 'shop:v2 is stable', closedAt: AT + 300_000 });
  return moments;
}

/** Plans, starts, waits at each moment and promotes when asked. Returns the characters that the agent read or wrote. */
async function released(
  client: TestClient,
): Promise<{ calls: number; characters: number; list: number; tools: number }> {
  const tools = JSON.stringify((await client.listTools()).tools).length;
  const list = tools + (client.instructions() ?? '').length;
  let [calls, characters] = [0, list];
  const call = async (tool: string, args: Record<string, unknown>) => {
    const { content, structuredContent, isError } = await client.callTool(tool, args);
    expect(isError).toBeFalsy();
    calls += 1;
    characters += JSON.stringify({ tool, args }).length + content.map(({ text = '' }) => text).join('').length;
    return structuredContent as Record<string, string>;
  };
  const { plan_id } = await call('release_plan', { target: { namespace: 'shop', rollout: 'web' }, image: 'shop:v2' });
  await call('release_start', { plan_id });
  const { spec, plan } = gateway.views.get(ID) as ReleaseView;
  for (const moment of course()) {
    gateway.views.set(ID, aView({ id: ID, spec, ...(plan && { plan }), ...moment }));
    await call('release_wait', { release_id: ID, timeout_seconds: 0 });
    if (moment.waiting) await call('release_promote', { release_id: ID });
  }
  return { calls, characters, list, tools };
}

test.each([
  ['release', '?toolsets=release', MAX_TOKENS],
  ['default', '', MAX_TOKENS],
  ['all', '?toolsets=release,argo,traefik', 16_000],
] as const)(
  'a canary of three steps with the toolsets "%s" costs what the documentation says',
  async (sets, query, most) => {
    gateway.views.clear();
    const client = await connect('2026 client', { url: `${server.mcpUrl}${query}` });
    const { calls, characters, list, tools } = await released(client).finally(() => client.close());

    console.info(
      `${sets}: ${calls} calls, ${Math.round(characters / 4)} tokens, ${Math.round(list / 4)} of them the list`,
    );
    expect(calls).toBe(20);
    expect(characters / 4).toBeLessThanOrEqual(most);
    const page = read('docs/mcp.md');
    for (const [said, tokens] of [
      [LIST_TOKENS[sets], tools / 4],
      [TOTAL_TOKENS[sets], characters / 4],
    ] as const) {
      expect(Math.abs(tokens / said - 1)).toBeLessThan(0.05);
      expect(page).toContain(`about ${said.toLocaleString('en')} tokens`);
    }
  },
);

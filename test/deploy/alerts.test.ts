import { cpSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, jest, test } from '@jest/globals';
import { parse } from 'yaml';
import { ROOT } from '../../scripts/root.mjs';
import { createMetrics, toolMetrics, workMetrics, type Metrics } from '../../src/observability/metrics.ts';
import { recordMetrics } from '../../src/observability/record-metrics.ts';
import { releaseGauges } from '../../src/entry/release-gauges.ts';
import { createFakeGateway } from '../support/fake-gateway.ts';
import { CHART, promtoolProgram, type Program } from '../support/deploy-chart.ts';
import { dashboardQueries } from '../support/deploy-dashboard.ts';

jest.setTimeout(120_000);

const RULES = join(CHART, 'files/alerts.yaml');
const CASES = join(ROOT, 'test/deploy/fixtures/alerts.test.yaml');

interface Rules {
  readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string }[] }[];
}

const rules = (parse(readFileSync(RULES, 'utf8')) as Rules).groups.flatMap((group) => group.rules);
let promtool: Program;
beforeAll(async () => {
  promtool = await promtoolProgram();
});

test('promtool accepts the alerts', async () => {
  const { code, out, err } = await promtool(['check', 'rules', RULES]);

  expect([code, out + err]).toEqual([0, expect.stringContaining(`SUCCESS: ${rules.length} rules found`)]);
});

test('each alert fires when it should, and is silent otherwise', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-alerts-'));
  cpSync(RULES, join(folder, 'alerts.yaml'));
  cpSync(CASES, join(folder, 'cases.yaml'));

  const { code, out, err } = await promtool(['test', 'rules', join(folder, 'cases.yaml')]);

  expect([code, out + err]).toEqual([0, expect.stringContaining('SUCCESS')]);
  const cases = readFileSync(CASES, 'utf8');
  for (const { alert } of rules) expect(cases).toMatch(new RegExp(`alertname: ${alert}\\n\\s+exp_alerts:`));
});

test('each figure that alerts and dashboard name exists', async () => {
  const [server, worker] = [createMetrics('server', '1'), createMetrics('worker', '1')];
  toolMetrics(server);
  releaseGauges(server, { gateway: createFakeGateway(), taskQueue: 'q' });
  workMetrics(worker);
  recordMetrics(worker, () => 0);
  const known = (await Promise.all([server, worker].map(namesIn))).flat();
  const queries = [...rules.map(({ expr }) => expr), ...dashboardQueries().map(([, query]) => query)];
  const named = queries.flatMap((query) => [...query.matchAll(/\b(?:sluice|nodejs|process)_[a-z0-9_]+/g)].map(String));

  expect(named.length).toBeGreaterThanOrEqual(queries.length);
  expect(named.map((name) => name.replace(/_bucket$/, '')).filter((name) => !known.includes(name))).toEqual([]);
});

async function namesIn({ registry }: Metrics): Promise<readonly string[]> {
  return (await registry.getMetricsAsJSON()).map(({ name }) => name);
}

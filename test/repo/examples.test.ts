import { afterAll, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { ANALYSIS_TEMPLATE, INGRESS_ROUTE } from '../../src/adapters/kubernetes/kinds.ts';
import { parseReleaseFile, releaseFile } from '../../src/contract/release-file.ts';
import { toReleaseSpec } from '../../src/contract/release-spec.ts';
import { planRelease } from '../../src/strategies/index.ts';
import type { Preflight, ReleaseSpec } from '../../src/domain/release/plan.ts';
import type { WorkloadPort } from '../../src/ports/workload.ts';
import { targetKind } from '../../src/targets/index.ts';
import { FakeChart } from '../support/fake-chart.ts';
import { FakeGitOps } from '../support/fake-gitops.ts';
import { startHttpServer } from '../support/http-server.ts';
import { demoServer, mcpWorld } from '../support/mcp-world.ts';
import { createFakeWorld, type FakeWorld } from '../support/fake-world.ts';
import type { Strategy } from '../support/fake-world-options.ts';
import { read, trackedFiles } from './tracked-files.ts';

const DEFAULTS = {
  defaultStrategy: 'canary',
  requireManualPromotion: true,
  autoRollback: true,
  weightStep: undefined,
} as const;
const examples = trackedFiles().filter((path) => /^examples\/[^/]+\.yaml$/.test(path));

const worlds: FakeWorld[] = [];
afterAll(() => {
  for (const world of worlds) world.stop();
});

const schema = JSON.parse(read('docs/generated/release-file.schema.json')) as object;
const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);

test.each(examples)('%s names the schema of release files in its first line, and follows it', (path) => {
  const [first] = read(path).split('\n', 1);

  expect(first).toBe('# yaml-language-server: $schema=../docs/generated/release-file.schema.json');
  expect([validate(parse(read(path))), validate.errors]).toEqual([true, null]);
});

test('the schema refuses what a release file may not say', () => {
  const file = { target: { namespace: 'shop', rollout: 'web' }, image: 'shop:v2' };

  expect([
    validate(file),
    validate({ ...file, imgae: 'x' }),
    validate({ image: 'x' }),
    validate({ strategy: 'mcp', server: 'x' }),
  ]).toEqual([true, false, false, false]);
});

test('there are examples', () => expect(examples.length).toBeGreaterThan(3));

test.each(examples)('%s is a release file, and can be released', async (path) => {
  const file = parseReleaseFile(releaseFile, parse(read(path)), DEFAULTS.defaultStrategy);
  const spec = toReleaseSpec(file, 'dev', DEFAULTS);
  const isInCluster = targetKind(spec.targetKind).place === 'cluster';
  if (!isInCluster) return expect((await planOfServer(spec)).plan?.steps.length).toBeGreaterThan(0);
  const router = spec.split === 'argo-status' ? 'pods' : 'traefik';
  // Copies need a version without users, as the preview is, and a rule that leads to the route.
  const strategy = spec.copies ? 'blue-green' : (spec.strategy as Strategy);
  const world = createFakeWorld({ strategy, router, target: spec.target, image: 'shop:v1' });
  worlds.push(world);
  if (spec.copies) createRule(world);
  if (spec.analysis.metrics) createTemplate(world);

  const { checks, plan } = await planRelease({ ...world.ports, workload: withSource(world, spec) }, spec);

  expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(plan?.steps.length).toBeGreaterThan(0);
});

/** The workload of the world, with the source that an example names. */
function withSource({ ports, target }: FakeWorld, { helm, flux }: ReleaseSpec): WorkloadPort {
  if (!helm && !flux) return ports.workload;
  const source = Object.assign(helm ? new FakeChart(target) : new FakeGitOps(target), { base: ports.workload });
  return Object.assign(source, flux && { file: flux.file }).workload;
}

/** The plan of a release of the MCP server that examples name. */
async function planOfServer(spec: ReleaseSpec): Promise<Preflight> {
  const { revision, versions } = demoServer();
  const gateway = await startHttpServer(({ path }) => ({ body: path === '/metrics' ? '' : { revision, versions } }));
  try {
    return await planRelease((await mcpWorld([gateway.url])).ports, spec);
  } finally {
    await gateway.close();
  }
}

function createRule({ cluster, target: { namespace, rollout: name } }: FakeWorld): void {
  const route = { match: 'Host(`shop.example`)', kind: 'Rule', services: [{ kind: 'TraefikService', name }] };
  cluster.create({ kind: INGRESS_ROUTE, namespace, name }, { spec: { routes: [route] } });
}

/** The AnalysisTemplate that examples name, as Argo's own documentation writes it. */
function createTemplate(world: FakeWorld): void {
  const query =
    'sum(rate(http_requests_total{service="{{args.service-name}}", code!~"5.*"}[2m])) / sum(rate(http_requests_total{service="{{args.service-name}}"}[2m]))';
  const metric = {
    name: 'success-rate',
    interval: '30s',
    count: 5,
    successCondition: 'result[0] >= 0.95',
    failureLimit: 2,
    provider: { prometheus: { address: 'http://prometheus.example.com:9090', query } },
  };
  world.cluster.create(
    { kind: ANALYSIS_TEMPLATE, namespace: world.target.namespace, name: 'success-rate' },
    { spec: { args: [{ name: 'service-name' }], metrics: [metric] } },
  );
}

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { SETTINGS } from '../../src/config/schema.ts';
import { ROOT } from '../../scripts/root.mjs';
import {
  CHART,
  helmAt,
  kubectlProgram,
  KUSTOMIZE,
  LEAST,
  objectsIn,
  outOf,
  render,
  type Program,
  type Rendered,
} from '../support/deploy-chart.ts';
import { helmProgram } from '../support/helm-program.ts';

// Programs are started, on a machine that may be busy.
jest.setTimeout(120_000);

let helm: Program;
beforeAll(async () => {
  helm = helmAt(await helmProgram());
});

const rendered = async (values: object = {}, release?: string) =>
  objectsIn(await outOf(render(helm, { ...LEAST, ...values }, release)));
const withSettings = (settings: object) => ({ settings });
const names = (objects: ReadonlyMap<string, Rendered>, kind: RegExp) =>
  [...objects.keys()].filter((key) => kind.test(key)).toSorted();

describe('values that cannot be meant are refused with what to do', () => {
  test.each([
    ['no address', { publicUrl: '' }, /publicUrl is missing: set it/],
    ['nobody who could call', { keys: { secret: '' } }, /set settings\.SLUICE_OAUTH_ISSUERS, .*or\s+keys\.secret/s],
    ['an address without TLS', { publicUrl: 'http://sluice.example.com' }, /publicUrl.*does not match pattern/s],
    ['an unknown value', { worker: { replica: 3 } }, /'replica' not allowed/],
    ['an unknown setting', withSettings({ SLUICE_LOG_LEVL: 'debug' }), /'SLUICE_LOG_LEVL' not allowed/],
    ['a secret among settings', withSettings({ SLUICE_PROMETHEUS_PASSWORD: 'x' }), /not allowed/],
    [
      'a number, which Helm would write as 1e+06',
      withSettings({ SLUICE_GATEWAY_RECORD: 1_000_000 }),
      /got number, want/,
    ],
    ['an unknown role', { server: { roles: ['cluster-admin'] } }, /roles/],
  ])('%s', async (_, values, message) => {
    const { code, err } = await render(helm, { ...LEAST, ...values });

    expect(code).not.toBe(0);
    expect(err).toMatch(message);
  });

  test('each setting that is no secret is known, or has a value of its own', async () => {
    const { properties } = JSON.parse(readFileSync(join(CHART, 'values.schema.json'), 'utf8')) as {
      properties: { settings: { properties: object } };
    };
    const known = Object.keys(properties.settings.properties);
    const { data = {} } = (await rendered()).get('ConfigMap/sluice-settings') as Rendered;
    const missing = Object.values(SETTINGS)
      .filter((one) => !('secret' in one) && one.env !== 'SLUICE_JOURNAL')
      .map(({ env }) => env)
      .filter((env) => !known.includes(env) && data[env] === undefined);

    expect(missing).toEqual([]);
    expect(known.filter((env) => data[env] !== undefined)).toEqual(['SLUICE_AUDIT_LOG']);
  });
});

describe('what is rendered', () => {
  test('the rules of roles are those of deploy/rbac.yaml, and only bound roles exist', async () => {
    const source = parseAllDocuments(readFileSync(join(ROOT, 'deploy/rbac.yaml'), 'utf8')).map(
      (document) => document.toJS() as Rendered,
    );
    const roles = source
      .map(({ metadata }) => metadata.name.replace('sluice-', ''))
      .filter((role) => role !== 'identity');
    const all = await rendered({ worker: { roles }, server: { roles: ['reader'] } });
    const few = await rendered();

    for (const { metadata, rules } of source) expect(all.get(`ClusterRole/${metadata.name}`)?.rules).toEqual(rules);
    expect(names(all, /^ClusterRole\//)).toHaveLength(source.length);
    expect(names(few, /^ClusterRole(Binding)?\//)).toEqual([
      'ClusterRole/sluice-identity',
      'ClusterRole/sluice-reader',
      'ClusterRole/sluice-writer',
      'ClusterRoleBinding/sluice-server-identity',
      'ClusterRoleBinding/sluice-server-reader',
      'ClusterRoleBinding/sluice-worker-identity',
      'ClusterRoleBinding/sluice-worker-reader',
      'ClusterRoleBinding/sluice-worker-writer',
    ]);
  });

  test('with namespaces the rights are in these, and tools act in no others', async () => {
    const objects = await rendered({ rbac: { namespaces: ['shop'] } });

    expect(names(objects, /^ClusterRoleBinding\//)).toEqual([
      'ClusterRoleBinding/sluice-server-identity',
      'ClusterRoleBinding/sluice-worker-identity',
    ]);
    expect(objects.get('RoleBinding/sluice-worker-writer')?.metadata.namespace).toBe('shop');
    expect(objects.get('ConfigMap/sluice-settings')?.data).toMatchObject({ SLUICE_ALLOWED_NAMESPACES: 'shop' });
  });

  test('an installation of another name shares no object with the first one', async () => {
    const [first, second] = [await rendered(), await rendered({}, 'other')];

    expect([...second.keys()].filter((key) => first.has(key))).toEqual([]);
  });

  test('probes ask the pages of the status port, and the journal comes from a Secret', async () => {
    const objects = await rendered({ settingsFile: { windows: [] }, fileSecrets: ['temporal-tls'] });

    for (const component of ['worker', 'server']) {
      const [container] = objects.get(`Deployment/sluice-${component}`)?.spec?.template?.spec.containers ?? [];
      expect(container).toMatchObject({
        args: [component === 'worker' ? 'worker' : 'serve'],
        livenessProbe: { httpGet: { path: '/healthz', port: 'status' } },
        readinessProbe: { httpGet: { path: '/readyz', port: 'status' } },
        env: [{ name: 'SLUICE_JOURNAL', valueFrom: { secretKeyRef: { name: 'sluice-journal', key: 'url' } } }],
        securityContext: { readOnlyRootFilesystem: true },
      });
    }
    expect(JSON.stringify([...objects.values()])).toContain('/etc/sluice/files/temporal-tls');
  });
});

test('the Kustomize base is the chart with its values; UPDATE_GOLDEN=1 writes it', async () => {
  const file = join(KUSTOMIZE, 'sluice.yaml');
  const values = ['--values', join(KUSTOMIZE, 'values.yaml')];
  const text = await outOf(helm(['template', 'sluice', CHART, '--namespace', 'sluice', ...values]));
  const wanted = `# Rendered from deploy/chart. \`UPDATE_GOLDEN=1 npm test -- test/deploy/chart.test.ts\` writes it.\n${text}`;
  if (process.env['UPDATE_GOLDEN']) writeFileSync(file, wanted);
  const kubectl = await kubectlProgram();

  const built = objectsIn(await outOf(kubectl(['kustomize', KUSTOMIZE])));
  const [chart, namespace] = [objectsIn(text), built.get('Namespace/sluice')];

  expect(namespace).toMatchObject({ metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } } });
  expect(Object.fromEntries(built)).toEqual({ 'Namespace/sluice': namespace, ...Object.fromEntries(chart) });
});

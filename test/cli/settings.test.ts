import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Settings } from '../../src/config/schema.ts';
import { sluice } from '../support/cli.ts';
import { createFakeGateway } from '../support/fake-gateway.ts';

const gateway = createFakeGateway();

interface Row {
  name: string;
  value: string;
  source: string;
}

async function config(env: Record<string, string>, ...argv: string[]): Promise<Record<string, string>> {
  const { out } = await sluice({ gateway, env }, 'config', '-o', 'json', ...argv);
  return Object.fromEntries((JSON.parse(out) as Row[]).map(({ name, value, source }) => [name, `${value} ${source}`]));
}

test('flags of their own mean the settings, and show as flags', async () => {
  const shown = await config(
    { MCP_PORT: '1000', SLUICE_TOOLSETS: 'release' },
    '--port',
    '7001',
    '--allow-write',
    '--debug=false',
    '--toolsets',
    'argo,traefik',
    '--namespaces',
    'shop',
  );

  expect(shown).toMatchObject({
    MCP_PORT: '7001 flag',
    MCP_ALLOW_WRITE: 'true flag',
    MCP_DEBUG: 'false flag',
    SLUICE_TOOLSETS: '["argo","traefik"] flag',
    SLUICE_ALLOWED_NAMESPACES: '["shop"] flag',
    ARGO_AUTO_ROLLBACK: 'true default',
  });
});

test('one order: the flag of its own, then --set, then the environment', async () => {
  expect(await config({ MCP_PORT: '1' }, '--set', 'MCP_PORT=2', '--port', '3')).toMatchObject({ MCP_PORT: '3 flag' });
  expect(await config({ MCP_PORT: '1' }, '--set', 'MCP_PORT=2')).toMatchObject({ MCP_PORT: '2 flag' });
  expect(await config({ MCP_PORT: '1' })).toMatchObject({ MCP_PORT: '1 environment' });
});

test('secrets are shown nowhere, neither by their setting nor in its refusal', async () => {
  const env = {
    SLUICE_PROMETHEUS_URL: 'https://prometheus.example',
    SLUICE_PROMETHEUS_USERNAME: 'sluice',
    SLUICE_PROMETHEUS_PASSWORD: 'horse-battery',
    SLUICE_PROMETHEUS_HEADERS: 'X-Scope-OrgID=horse-tenant,X-Api=horse-key',
  };
  const shown = await config(env);

  expect(shown).toMatchObject({
    SLUICE_PROMETHEUS_USERNAME: 'sluice environment',
    SLUICE_PROMETHEUS_PASSWORD: '*** environment',
    SLUICE_PROMETHEUS_HEADERS: 'X-Scope-OrgID=***,X-Api=*** environment',
    SLUICE_PROMETHEUS_BEARER_TOKEN: '(unset) default',
  });
  expect(JSON.stringify(shown)).not.toContain('horse');
  const { out, err } = await sluice({ gateway, env: { ...env, SLUICE_PROMETHEUS_HEADERS: 'horse key' } }, 'config');
  expect(err).toContain('SLUICE_PROMETHEUS_HEADERS=***');
  expect(out + err).not.toContain('horse');
});

test('servers start with what their flags say', async () => {
  const seen: Settings[] = [];
  const serve = (settings: Settings) => Promise.resolve(void seen.push(settings));

  await sluice({ gateway, serve }, 'serve', '--port', '0', '--allow-write', 'true', '--namespaces', 'shop,pay');

  expect(seen).toMatchObject([
    { mcpPort: 0, mcpAllowWrite: true, mcpDebug: false, allowedNamespaces: ['shop', 'pay'], toolsets: [] },
  ]);
});

test.each([
  [['serve', '--port', 'x'], /MCP_PORT="x" \(flag\): must be a whole number/],
  [['mcp', '--allow-write=yes'], /MCP_ALLOW_WRITE="yes" \(flag\): must be true, false/],
  [['mcp', '--toolsets', 'agro'], /SLUICE_TOOLSETS/],
  [['mcp', '--port', '1'], /unknown option '--port'/],
])('sluice %j is refused', async (argv, message) => {
  const { code, err } = await sluice({ gateway }, ...argv);

  expect([code, err]).toEqual([2, expect.stringMatching(message)]);
});

test('the fields of a file are checked for its strategy; without one they need the Rollout, here of a silent cluster', async () => {
  const env = { ARGO_DEFAULT_STRATEGY: 'rolling' };
  const chosen = ['--namespace', 'shop', '--rollout', 'web', '--image', 'a:b', '--steps', '10,100'];

  const unnamed = await sluice({ gateway, env }, 'release', 'start', ...chosen);
  const named = await sluice({ gateway, env }, 'release', 'start', ...chosen, '--strategy', 'rolling');

  expect([unnamed.code, unnamed.err]).toEqual([6, expect.stringMatching(/CLUSTER_UNREACHABLE/)]);
  expect([named.code, named.err]).toEqual([2, expect.stringMatching(/steps: not for a rolling release/)]);
  expect(gateway.started).toEqual([]);
});

test('the entries of clusters are shown field by field, without their secrets', async () => {
  const home = mkdtempSync(join(tmpdir(), 'sluice-config-'));
  const entries = {
    prod: {
      prometheus_url: 'http://prod:9090',
      prometheus_bearer_token: 'horse-battery',
      traefik_api_urls: 'http://a:1',
    },
    bare: {},
    odd: { prometheus_uri: 'http://odd:9090' },
  };
  writeFileSync(join(home, 'settings.yaml'), JSON.stringify({ clusters: entries }));

  const shown = await config({ SLUICE_HOME: home });

  expect(Object.entries(shown).filter(([name]) => name.startsWith('clusters.'))).toEqual([
    ['clusters.prod.prometheus_url', 'http://prod:9090 file'],
    ['clusters.prod.prometheus_bearer_token', '*** file'],
    ['clusters.prod.traefik_api_urls', '["http://a:1"] file'],
    ['clusters.bare', '(no fields) file'],
    ['clusters.odd', expect.stringMatching(/^unusable: clusters\.odd\.prometheus_uri is not a setting/)],
  ]);
  expect(JSON.stringify(shown)).not.toContain('horse-battery');
});

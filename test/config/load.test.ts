import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { loadSettings } from '../../src/config/load.ts';
import { SETTING_KEYS, SETTINGS } from '../../src/config/schema.ts';
import { SluiceError } from '../../src/domain/errors.ts';

function folder(settings?: string): string {
  const home = mkdtempSync(join(tmpdir(), 'sluice-config-'));
  if (settings !== undefined) writeFileSync(join(home, 'settings.yaml'), settings);
  return home;
}

function refusal(work: () => unknown): SluiceError {
  try {
    work();
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

test('writing is off, promotion by hand and rollback on, and only loopback', () => {
  const { settings, origins } = loadSettings({ env: { SLUICE_HOME: folder() } });

  expect(settings).toMatchObject({
    mcpPort: 8765,
    mcpAllowWrite: false,
    requireManualPromotion: true,
    autoRollback: true,
    host: '127.0.0.1',
    defaultStrategy: 'canary',
    weightStep: undefined,
  });
  expect(origins.mcpPort).toBe('default');
});

test('flag beats environment beats file beats default, and each value knows where it came from', () => {
  const home = folder(
    'mcp_port: 1001\nsluice_task_queue: from-file\nargo_auto_rollback: false\nsluice_log_level: warn\n',
  );

  const { settings, origins, file } = loadSettings({
    env: { SLUICE_HOME: home, MCP_PORT: '1002', SLUICE_TASK_QUEUE: 'from-env' },
    flags: { MCP_PORT: '1003' },
  });

  expect([settings.mcpPort, settings.taskQueue, settings.autoRollback, settings.logLevel]).toEqual([
    1003,
    'from-env',
    false,
    'warn',
  ]);
  expect([origins.mcpPort, origins.taskQueue, origins.autoRollback, origins.host]).toEqual([
    'flag',
    'environment',
    'file',
    'default',
  ]);
  expect(file).toBe(join(home, 'settings.yaml'));
});

test('an empty variable is not set', () => {
  expect(loadSettings({ env: { SLUICE_HOME: folder(), MCP_PORT: '' } }).settings.mcpPort).toBe(8765);
});

test.each(['yes', 'TRUE', 'on', '2', ' true'])(
  'MCP_ALLOW_WRITE=%j is refused by name and never read as true',
  (value) => {
    const error = refusal(() => loadSettings({ env: { SLUICE_HOME: folder(), MCP_ALLOW_WRITE: value } }));

    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.message).toContain('MCP_ALLOW_WRITE');
  },
);

test.each([
  ['1', true],
  ['true', true],
  ['0', false],
  ['false', false],
])('MCP_ALLOW_WRITE=%s is %s', (value, expected) => {
  expect(loadSettings({ env: { SLUICE_HOME: folder(), MCP_ALLOW_WRITE: value } }).settings.mcpAllowWrite).toBe(
    expected,
  );
});

test.each([
  ['bluegreen', 'blue-green'],
  ['blue-green', 'blue-green'],
  ['canary', 'canary'],
  ['rolling', 'rolling'],
])('ARGO_DEFAULT_STRATEGY=%s is %s', (value, expected) => {
  expect(loadSettings({ env: { SLUICE_HOME: folder(), ARGO_DEFAULT_STRATEGY: value } }).settings.defaultStrategy).toBe(
    expected,
  );
});

test('another strategy is refused with the known ones', () => {
  expect(
    refusal(() => loadSettings({ env: { SLUICE_HOME: folder(), ARGO_DEFAULT_STRATEGY: 'ab-test' } })).message,
  ).toMatch(/must be one of canary, blue-green, rolling/);
});

test('unknown names in the file and among flags are refused with the nearest one, all at once', () => {
  const error = refusal(() =>
    loadSettings({
      env: { SLUICE_HOME: folder('mcp_prot: 1\nargo_default_stategy: canary\n') },
      flags: { MCP_ALOW_WRITE: 'true' },
    }),
  );

  expect(error.message).toMatch(/mcp_prot is not a setting; did you mean mcp_port\?/);
  expect(error.message).toMatch(/argo_default_stategy.*argo_default_strategy/);
  expect(error.message).toMatch(/MCP_ALOW_WRITE.*MCP_ALLOW_WRITE/);
});

test('lists, URLs and pods are read, and what is none of these is refused', () => {
  const env = {
    SLUICE_HOME: folder(),
    SLUICE_TRAEFIK_API_URLS: 'http://a:1, http://b:2',
    SLUICE_TRAEFIK_API_PODS: 'traefik/app.kubernetes.io/name=traefik:8080',
  };

  expect(loadSettings({ env }).settings).toMatchObject({
    traefikApiUrls: ['http://a:1', 'http://b:2'],
    traefikApiPods: { namespace: 'traefik', selector: 'app.kubernetes.io/name=traefik', port: 8080 },
  });
  for (const bad of [
    { SLUICE_PROMETHEUS_URL: 'prometheus:9090' },
    { SLUICE_TRAEFIK_API_URLS: 'a,b' },
    { SLUICE_TRAEFIK_API_PODS: 'x' },
    { TRAEFIK_DEFAULT_WEIGHT_STEP: '0' },
    { MCP_PORT: '99999' },
  ]) {
    expect(refusal(() => loadSettings({ env: { SLUICE_HOME: folder(), ...bad } })).message).toContain(
      Object.keys(bad)[0],
    );
  }
});

test('a settings file that is named must be readable', () => {
  expect(refusal(() => loadSettings({ env: {}, file: '/does/not/exist.yaml' })).message).toContain('exist.yaml');
});

test('.env.example names every setting', () => {
  const example = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');

  for (const key of SETTING_KEYS) expect(example).toMatch(new RegExp(`^${SETTINGS[key].env}=`, 'm'));
});

test.each([
  [{ SLUICE_RELEASE_UPDATES_NAMESPACES: 'shop' }, 'has no effect without SLUICE_RELEASE_UPDATES=true'],
  [{ SLUICE_RELEASE_UPDATES_CLUSTERS: 'prod' }, 'has no effect without SLUICE_RELEASE_UPDATES=true'],
  [{ SLUICE_RELEASE_UPDATES: 'true', SLUICE_RELEASE_UPDATES_NAMESPACES: 'Shop!' }, 'must be names of namespaces'],
  [
    { SLUICE_RELEASE_UPDATES: 'true', SLUICE_RELEASE_UPDATES_NAMESPACES: 'shop,pay', SLUICE_ALLOWED_NAMESPACES: 'pay' },
    'shop is not in SLUICE_ALLOWED_NAMESPACES',
  ],
])('settings of updates that would have no effect are refused: %o', (env, message) => {
  expect(refusal(() => loadSettings({ env: { SLUICE_HOME: folder(), ...env } })).message).toContain(message);
});

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { loadSettings } from '../../src/config/load.ts';
import type { Settings } from '../../src/config/schema.ts';
import { SluiceError } from '../../src/domain/errors.ts';

function load(file: string, env: Record<string, string> = {}): Settings {
  const home = mkdtempSync(join(tmpdir(), 'sluice-clusters-'));
  writeFileSync(join(home, 'settings.yaml'), file);
  return loadSettings({ env: { SLUICE_HOME: home, ...env } }).settings;
}

function problemsOf(work: () => unknown): readonly string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'CONFIG_INVALID') return error.message.split('\n');
    throw error;
  }
  throw new Error('nothing was refused');
}

test('an entry has the fields of one cluster; lists and maps may be written as such', () => {
  const { clusters } = load(`
clusters:
  prod:
    prometheus_url: https://mimir.example/prometheus
    prometheus_matchers: { cluster: prod, tenant: shop }
    prometheus_headers: { X-Scope-OrgID: shop }
    traefik_api_urls: [http://10.0.0.1:8080, http://10.0.0.2:8080]
  staging:
    prometheus_url: http://prometheus:9090
    traefik_api_pods: traefik/app=traefik:8080
`);
  expect(clusters['prod']).toMatchObject({
    settings: {
      prometheusUrl: 'https://mimir.example/prometheus',
      prometheusMatchers: { cluster: 'prod', tenant: 'shop' },
      prometheusHeaders: { 'X-Scope-OrgID': 'shop' },
      prometheusTimeout: '5s',
      traefikApiUrls: ['http://10.0.0.1:8080', 'http://10.0.0.2:8080'],
    },
  });
  expect(clusters['staging']).toMatchObject({
    settings: { traefikApiPods: { namespace: 'traefik', selector: 'app=traefik', port: 8080 }, traefikApiUrls: [] },
  });
});

test('a wrong entry is the problem of its own cluster, with the path of each field', () => {
  const { clusters } = load(`
clusters:
  prod:
    prometeus_url: http://prometheus:9090
    prometheus_timeout: soon
    prometheus_matchers: cluster
  basic: { prometheus_username: ada }
  empty:
  staging: { prometheus_url: http://prometheus:9090 }
`);
  expect(clusters['prod']).toEqual({
    problems: [
      'clusters.prod.prometeus_url is not a setting of a cluster; did you mean prometheus_url?',
      expect.stringContaining('clusters.prod.prometheus_timeout="soon"'),
      expect.stringContaining('clusters.prod.prometheus_matchers="cluster": must look like label=value'),
    ],
  });
  expect(clusters['basic']).toEqual({
    problems: [expect.stringContaining('clusters.basic.prometheus_username needs clusters.basic.prometheus_password')],
  });
  expect(clusters['empty']).toEqual({ problems: ['clusters.empty: must hold names and values'] });
  expect(clusters['staging']).toHaveProperty('settings');
});

test('a secret of an entry is in no problem', () => {
  const { clusters } = load('clusters: { prod: { prometheus_bearer_token: "two words of a secret" } }');
  expect(JSON.stringify(clusters['prod'])).toContain('prometheus_bearer_token=***');
});

test('settings that name no cluster are refused beside entries, and so are two descriptions of one', () => {
  const file = 'clusters: { prod: { prometheus_url: http://prometheus:9090 } }';
  const url = { SLUICE_PROMETHEUS_URL: 'http://other:9090' };
  expect(problemsOf(() => load(file, url))).toEqual([expect.stringContaining('set SLUICE_CLUSTER')]);
  expect(load(file, { ...url, SLUICE_CLUSTER: 'staging' }).cluster).toBe('staging');
  expect(problemsOf(() => load(file, { ...url, SLUICE_CLUSTER: 'prod' }))).toEqual([
    expect.stringContaining('clusters.prod describes it too'),
  ]);
  expect(problemsOf(() => load('clusters: [prod]'))).toEqual([expect.stringContaining('clusters: must hold')]);
});

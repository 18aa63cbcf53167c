import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A kubeconfig file with one context for each server. Plain HTTP is accepted only with TLS checks off. */
export function writeKubeconfig(servers: Readonly<Record<string, string>>, token = 'secret-token'): string {
  const names = Object.keys(servers);
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: names.map((name) => ({ name, cluster: { server: servers[name], 'insecure-skip-tls-verify': true } })),
    users: [{ name: 'tester', user: { token } }],
    contexts: names.map((name) => ({ name, context: { cluster: name, user: 'tester' } })),
    'current-context': names[0] ?? '',
  };
  const file = join(mkdtempSync(join(tmpdir(), 'sluice-kubeconfig-')), 'config');
  writeFileSync(file, JSON.stringify(config));
  return file;
}

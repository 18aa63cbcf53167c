import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020, type AnySchema, type ValidateFunction } from 'ajv/dist/2020.js';
import formatsModule from 'ajv-formats';
import { parse, parseAllDocuments } from 'yaml';
import { ROOT } from '../../scripts/root.mjs';
import { read, trackedFiles } from './tracked-files.ts';

interface Service {
  readonly image?: string;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly network_mode?: string;
  readonly command?: readonly string[];
  readonly depends_on?: Record<string, unknown>;
  readonly environment?: Record<string, string>;
}

const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
const services = Object.entries(compose.services);

describe('the official schema', () => {
  test('accepts docker-compose.yml', () => {
    const fits = composeSchema();
    void fits(compose);
    expect(fits.errors ?? []).toEqual([]);
  });

  test('would notice a mistake', () => {
    expect(composeSchema()({ services: { worker: { image: 'a', comand: [] } } })).toBe(false);
  });
});

describe('docker-compose.yml', () => {
  test('every part that issue and README promise is there', () => {
    expect(Object.keys(compose.services)).toEqual(
      expect.arrayContaining([
        'postgresql',
        'temporal',
        'temporal-ui',
        'k3s',
        'argo-rollouts',
        'prometheus',
        'worker',
        'server',
      ]),
    );
  });

  test('every published port is on the host’s loopback address', () => {
    const open = services.flatMap(([name, { ports = [] }]) =>
      ports.filter((port) => !port.startsWith('127.0.0.1:')).map((port) => `${name}: ${port}`),
    );
    expect(open).toEqual([]);
  });

  test('every image has a version', () => {
    const loose = services.filter(([, { image }]) => !/:[\w.-]+$/.test(image ?? '') || image?.endsWith(':latest'));
    expect(loose).toEqual([]);
  });

  test('every mounted file, named volume and dependency exists', () => {
    const missing = services.flatMap(([name, service]) => [
      ...(service.volumes ?? [])
        .map((volume) => volume.split(':')[0] ?? '')
        .filter((source) => !volumeExists(source))
        .map((source) => `${name}: ${source}`),
      ...Object.keys(service.depends_on ?? {})
        .filter((other) => !compose.services[other])
        .map((other) => `${name} depends on ${other}`),
      ...[service.network_mode ?? ''].filter((mode) => mode.startsWith('service:') && !compose.services[mode.slice(8)]),
    ]);
    expect(missing).toEqual([]);
  });

  test('writing is off unless the user turns it on', () => {
    for (const name of ['worker', 'server'])
      expect(compose.services[name]?.environment?.['MCP_ALLOW_WRITE']).toBe('${MCP_ALLOW_WRITE:-false}');
  });
});

test('the other files under deploy/ are YAML', () => {
  // Templates of Helm are YAML when they are rendered only: test/deploy.
  const files = trackedFiles().filter(
    (path) => /^deploy\/.*\.ya?ml$/.test(path) && !path.startsWith('deploy/chart/templates/'),
  );
  const broken = files.filter((path) => parseAllDocuments(read(path)).some((document) => document.errors.length > 0));
  expect(files.length).toBeGreaterThan(3);
  expect(broken).toEqual([]);
});

test('the Dockerfile copies what exists, and .dockerignore lets it through', () => {
  const sources = [...read('Dockerfile').matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, list = '']) =>
    list.split(' '),
  );
  const allowed = read('.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
  expect(sources.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  expect(sources.filter((path) => !allowed.includes(path))).toEqual([]);
});

function composeSchema(): ValidateFunction {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  // A CommonJS module whose types promise a default export that Node puts one level deeper.
  (formatsModule as unknown as (ajv: Ajv2020) => void)(ajv);
  return ajv.compile(JSON.parse(read('test/repo/fixtures/compose-spec.json')) as AnySchema);
}

function volumeExists(source: string): boolean {
  return source.startsWith('.') ? existsSync(join(ROOT, source)) : source in compose.volumes;
}

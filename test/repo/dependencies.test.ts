import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ROOT } from '../../scripts/root.mjs';

interface Manifest {
  readonly version: string;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly overrides?: Record<string, string>;
}

const json = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as unknown;
const manifest = json('package.json') as Manifest;
const lock = json('package-lock.json') as { packages: Record<string, { version: string; resolved?: string }> };
const direct = { ...manifest.dependencies, ...manifest.devDependencies };

/** A second version of a package goes by an alias; a version before its release is exact too. */
const EXACT = /^(npm:(@[\w-]+\/)?[\w-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/;

test('every direct dependency and override has an exact version', () => {
  const loose = Object.entries({ ...direct, ...manifest.overrides }).filter(([, version]) => !EXACT.test(version));
  expect(loose).toEqual([]);
});

test('all @temporalio packages, direct or not, have one version', () => {
  const versions = Object.entries(lock.packages)
    .filter(([path]) => /node_modules\/@temporalio\/[^/]+$/.test(path))
    .map(([, entry]) => entry.version);
  expect(versions.length).toBeGreaterThan(8);
  expect(new Set(versions)).toEqual(new Set([manifest.dependencies?.['@temporalio/workflow']]));
});

/**
 * A protobufjs type is recognised by its class. When @temporalio/common and @temporalio/proto load different copies,
 * historyToJSON, historyFromJSON and replay throw "type must be a Type". The older copy under @grpc/proto-loader is
 * alone with its own types and does no harm.
 */
describe('one protobufjs for Temporal', () => {
  const packages = ['proto', 'common', 'client', 'worker'].map((name) => `@temporalio/${name}`);
  const copyOf = (name: string) =>
    createRequire(join(ROOT, 'node_modules', name, 'package.json')).resolve('protobufjs');
  const ours = createRequire(join(ROOT, 'package.json')).resolve('protobufjs');

  test.each(packages)('%s loads the same copy as we do', (name) => {
    expect(copyOf(name)).toBe(ours);
  });

  test('our version satisfies what @temporalio/proto asks for', () => {
    const wanted = (json('node_modules/@temporalio/proto/package.json') as Manifest).dependencies?.['protobufjs'] ?? '';
    const major = /^\^(\d+)\./.exec(wanted)?.[1];
    expect(direct['protobufjs']?.split('.')[0]).toBe(major);
  });
});

test('the lockfile names no registry but the public one', () => {
  const hosts = Object.values(lock.packages).flatMap(({ resolved }) => (resolved ? [new URL(resolved).host] : []));
  expect(hosts.filter((host) => host !== 'registry.npmjs.org')).toEqual([]);
});

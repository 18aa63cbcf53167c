import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { programsOf } from '../../scripts/run-tests/programs.ts';
import { BINARIES } from '../../sandbox/manifest.ts';
import { ROOT } from '../../scripts/root.mjs';

const sourceOf = (path: string): string => readFileSync(join(ROOT, 'test', path), 'utf8');

test('the programs of a test are had before it starts, and no others', () => {
  expect(programsOf([sourceOf('tools/helm-reads.test.ts')])).toEqual(['helm']);
  expect(programsOf([sourceOf('tools/flux.test.ts')])).toEqual(['source-controller', 'kustomize-controller']);
  expect(programsOf([sourceOf('tools/argo-objects.test.ts')])).toEqual([]);
});

test('every test that acquires a program that is no part of a sandbox is known', () => {
  const folder = join(ROOT, 'test');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.ts'));
  for (const source of files.map(sourceOf)) {
    const named = [...source.matchAll(/^.*\bacquireBinary\('([\w-]+)'\)/gm)].map(([, name]) => name);
    const further = BINARIES.filter(({ name, onDemand }) => onDemand && named.includes(name)).map(({ name }) => name);
    expect(programsOf([source])).toEqual(expect.arrayContaining(further));
  }
});

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ROOT } from '../../scripts/root.mjs';
import { read } from './tracked-files.ts';

test('.ci/run is npm test from the root and nothing else', () => {
  const lines = read('.ci/run').trimEnd().split('\n');
  expect(lines).toEqual(['#!/usr/bin/env bash', 'set -euo pipefail', 'cd "$(dirname "$0")/.."', 'exec npm test']);
});

test('.ci/run may be executed', () => {
  expect(statSync(join(ROOT, '.ci/run')).mode & 0o111).toBe(0o111);
});

test('npm test is the script that prints the counts', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  expect(scripts['test']).toBe('node scripts/test.mjs');
});

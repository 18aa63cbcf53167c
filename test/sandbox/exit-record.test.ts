import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { exitOf, recordExit } from '../../sandbox/processes/part.ts';
import { writeState } from '../../sandbox/processes/state.ts';

let stateDir: string;

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'sluice-exit-'));
  mkdirSync(join(stateDir, 'logs'));
});
afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

test('the end of a part is recorded without a write of the state, which belongs to the holder of the lock', () => {
  writeState(stateDir, { name: 'one', range: 1, ports: {}, tokens: {}, parts: {}, binaries: {}, rps: 1, ready: true });
  const before = readFileSync(join(stateDir, 'state.json'), 'utf8');
  recordExit(stateDir, 'etcd', 41, 'ended by SIGKILL');
  expect(readFileSync(join(stateDir, 'state.json'), 'utf8')).toBe(before);
  expect(exitOf(stateDir, 'etcd', 41)).toBe('ended by SIGKILL');
});

test('the end of an earlier process of the part is not the end of the present one', () => {
  recordExit(stateDir, 'etcd', 41, 'exited with 1');
  expect(exitOf(stateDir, 'etcd', 42)).toBeUndefined();
  expect(exitOf(stateDir, 'load', 41)).toBeUndefined();
});

test('a part that ends after its sandbox was removed is no error', () => {
  rmSync(stateDir, { recursive: true });
  expect(() => recordExit(stateDir, 'etcd', 41, 'exited with 0')).not.toThrow();
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { markedProcesses } from '../../sandbox/processes/proc.ts';
import { Start } from './start-process.ts';

let home: string;
afterEach(async () => {
  await Start.endAll();
  rmSync(home, { recursive: true, force: true });
}, 60_000);

test('--demo mcp --once: a good release of an MCP server, a bad one whose tool is named, nothing left', async () => {
  home = mkdtempSync(join(tmpdir(), 'sluice-demo-'));
  const start = new Start(['--demo', 'mcp', '--once'], { SLUICE_HOME: home, MCP_PORT: '0' });
  const code = await start.ended;
  expect(start.text).toMatch(/As it should be: succeeded; 1\.1\.0 is blue/);
  expect(start.text).toMatch(/As it should be: rolled-back; 1\.1\.0 is blue\. The reason: errors of add: new /);
  expect(start.text.match(/failed: .*/g)).toEqual([
    'failed: none',
    expect.stringMatching(/^failed: add \d+ times?$/) as unknown,
  ]);
  const [, seconds] = /The releases took (\d+) s\./.exec(start.text) ?? [];
  expect(Number(seconds)).toBeLessThan(120);
  expect(code).toBe(0);
  expect(markedProcesses(join(home, 'demo-mcp'))).toEqual([]);
}, 240_000);

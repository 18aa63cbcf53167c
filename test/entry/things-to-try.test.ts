import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { thingsToTry } from '../../src/entry/demo/things-to-try.ts';

const sandbox = { temporalUiUrl: 'http://127.0.0.1:17133', stateDir: '/home/ada/.sluice/sandbox/demo' };
const lines = thingsToTry(sandbox, 'http://127.0.0.1:8765/mcp', '/home/ada/.sluice/sandbox/demo/env');

test('the last lines of npm start fit 80 columns', () => {
  for (const line of lines) expect([line, line.length <= 80]).toEqual([line, true]);
});

test('what is indented is a command that a shell takes as it stands', () => {
  const commands = lines
    .join('\n')
    .split(/\n(?! {3}\S| {5})/)
    .flatMap((part) => part.split('\n').slice(1).join('\n').trim())
    .filter((text) => /^(node|curl|\. )/.test(text.replace(/^the release goes on:\n\s*/, '')))
    .map((text) => text.replace(/^the release goes on:\n\s*/, ''));

  expect(commands).toHaveLength(4);
  for (const text of commands) expect(spawnSync('bash', ['-n', '-c', text]).stderr.toString()).toBe('');
});

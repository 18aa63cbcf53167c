import { expect, test } from '@jest/globals';
import { masked } from '../../../src/domain/servers/masked.ts';

test('references are shown, and every other value of the environment is hidden', () => {
  const env = { A: '${A}', B: '${B:-none}', C: 'plain', D: 'x${A}', E: '' };
  expect(masked({ transport: 'stdio', command: 'node', args: [], env })).toEqual({
    transport: 'stdio',
    command: 'node',
    args: [],
    env: { A: '${A}', B: '${B:-none}', C: '***', D: '***', E: '***' },
  });
});

test('arguments that look like a secret are hidden', () => {
  const args = ['--api-key', 'abc', '--token=xyz', '--token=${T}', '--port', '80', '--auth-token', '${T}', 'plain'];
  expect(masked({ transport: 'stdio', command: 'node', args, env: {} })).toMatchObject({
    args: ['--api-key', '***', '--token=***', '--token=${T}', '--port', '80', '--auth-token', '${T}', 'plain'],
  });
});

test('headers, and what an address may carry', () => {
  const url = 'https://ada:pass@host/mcp?key=abc&id=${ID}&flag';
  const headers = { Authorization: 'Bearer ${TOKEN}', 'X-Key': 'abc', Other: 'Bearer abc' };
  expect(masked({ transport: 'streamable-http', url, headers })).toEqual({
    transport: 'streamable-http',
    url: 'https://ada:***@host/mcp?key=***&id=${ID}&flag',
    headers: { Authorization: 'Bearer ${TOKEN}', 'X-Key': '***', Other: '***' },
  });
});

import { expect, test } from '@jest/globals';
import { conformanceProblems, SCENARIOS, scenariosFor } from '../../../src/domain/servers/conformance.ts';

const item = (kind: 'tool' | 'prompt', name: string) => ({ kind, name, hash: '', definition: {} });

test('only scenarios run for which a version declares what they need', () => {
  const bare = { eras: ['2025'], capabilities: {}, items: [] };
  expect(scenariosFor(bare)).toEqual(['server-initialize', 'ping']);
  expect(
    scenariosFor({ ...bare, capabilities: { tools: {}, logging: {} }, items: [item('tool', 'test_simple_text')] }),
  ).toEqual(['server-initialize', 'ping', 'logging-set-level', 'tools-list', 'tools-call-simple-text']);
  // A prompt of that name is no tool.
  expect(scenariosFor({ ...bare, items: [item('prompt', 'test_simple_text')] })).toHaveLength(2);
  expect(scenariosFor({ ...bare, eras: ['2026'] })).toEqual([]);
  expect(new Set(SCENARIOS).size).toBe(SCENARIOS.length);
});

const passes = { scenario: 'ping', passed: 2, failed: 0 } as const;
const fails = { scenario: 'tools-list', passed: 1, failed: 1, why: 'no description' } as const;

test.each([
  ['every scenario passes', [passes], [], []],
  ['a scenario fails', [passes, fails], [], ['tools-list fails: no description']],
  ['it is expected to fail', [passes, fails], ['tools-list'], []],
  ['it is expected to fail, and passes', [passes], ['ping'], ['ping is expected to fail, and passes']],
  [
    'it is expected to fail, and was not run',
    [passes],
    ['tools-list'],
    ['tools-list is expected to fail, and the version does not declare what it needs'],
  ],
  ['it has looked at nothing', [{ ...passes, passed: 0 }], [], ['ping has looked at nothing']],
  ['it has looked at nothing, as expected', [{ ...passes, passed: 0 }], ['ping'], ['ping has looked at nothing']],
] as const)('%s', (_, results, expected, problems) => {
  expect(conformanceProblems(results, expected)).toEqual(problems);
});

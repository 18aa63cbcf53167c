import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { changeLines } from '../../../../src/domain/servers/contract/change-lines.ts';
import type { ContractChange } from '../../../../src/domain/servers/contract/compare.ts';

const gone = (name: string): ContractChange => ({ class: 'breaking', kind: 'resource', name, what: 'it is gone' });

test('many equal changes are one line, and others stay single', () => {
  const changes: ContractChange[] = [
    { class: 'breaking', kind: 'tool', name: 'add', what: 'it is gone' },
    ...[...'abcdefghijklm'].map(gone),
    { class: 'security', kind: 'server', name: '', what: 'the instructions for agents differ' },
  ];

  expect(changeLines(changes)).toEqual([
    'breaking: tool add: it is gone',
    'breaking: 13 of kind resource: it is gone (a, b, c and 10 more)',
    'security: server: the instructions for agents differ',
  ]);
});

test('there are never more lines than changes, and none is lost', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 30 }), (names) => {
      const lines = changeLines(names.map(gone));
      const counted = lines.map((line) => Number(/^breaking: (\d+) of kind/.exec(line)?.[1] ?? 1));
      expect(counted.reduce((sum, one) => sum + one, 0)).toBe(names.length);
    }),
  );
});

import { expect, test } from '@jest/globals';
import { Matrix, STRATEGIES, type Cell } from '../support/matrix.ts';
import { everyScenario, scenariosOf } from './scenarios.ts';
import { isLeftToMatrix, STATES_BY_FAULTS } from './states-by-faults.ts';

const spec = {
  states: ['soaking', 'paused'],
  faults: ['abort'],
  notApplicable: [
    { state: 'paused', fault: 'abort', strategy: 'blue-green' as const, because: 'it is only an example' },
  ],
};
const cell = (state: string, strategy: Cell['strategy'] = 'canary'): Cell => ({ state, fault: 'abort', strategy });

test('a cell in which nothing ran is empty, unless it was declared not applicable with a reason', () => {
  const matrix = new Matrix(spec);
  matrix.mark(cell('soaking'), true);
  expect(matrix.empty()).toEqual([cell('soaking', 'blue-green'), cell('paused')]);
});

test('one failure spoils a cell, whatever else passed in it', () => {
  const matrix = new Matrix(spec);
  matrix.mark(cell('soaking'), true);
  matrix.mark(cell('soaking'), false);
  matrix.mark(cell('soaking'), true);
  expect(matrix.markdown()).toContain('| soaking | FAIL |  |');
});

test('a cell that ran although it was declared not applicable is a contradiction', () => {
  const matrix = new Matrix(spec);
  matrix.mark(cell('paused', 'blue-green'), true);
  expect(matrix.contradictions()).toEqual([cell('paused', 'blue-green')]);
});

test('a mark outside the table is reported', () => {
  const matrix = new Matrix(spec);
  matrix.mark(cell('sleeping'), true);
  expect(matrix.marksOutsideTable()).toEqual(['sleeping × abort × canary']);
});

test('the table shows each state in a row and says why a cell is not applicable', () => {
  const matrix = new Matrix(spec);
  matrix.mark(cell('paused'), true);
  expect(matrix.markdown().split('\n')).toEqual([
    '| state | abort (canary) | abort (blue-green) |',
    '| --- | --- | --- |',
    '| soaking |  |  |',
    '| paused | ok | n/a 1 |',
    '',
    'Not applicable:',
    '',
    '1. paused, abort, blue-green: it is only an example',
    '',
  ]);
});

test('a cell that is left out is not empty', () => {
  const matrix = new Matrix({ ...spec, isLeftOut: ({ state }) => state === 'soaking' });
  expect(matrix.empty()).toEqual([cell('paused')]);
  expect(matrix.markdown()).toContain('| soaking | – | – |');
});

test('every cell of the real table has a scenario or a reason, and none has both', () => {
  const matrix = new Matrix(STATES_BY_FAULTS);
  for (const { cells } of everyScenario(scenariosOf(() => true))) for (const one of cells) matrix.mark(one, true);
  expect([matrix.empty(), matrix.marksOutsideTable(), matrix.contradictions()]).toEqual([[], [], []]);
});

test('what npm test runs covers each fault and each state with each strategy', () => {
  const left = new Matrix(STATES_BY_FAULTS).cells().filter((one) => !isLeftToMatrix(one));
  const pairs = new Set(left.flatMap(({ state, fault, strategy }) => [`${state} ${strategy}`, `${fault} ${strategy}`]));
  const { states, faults } = STATES_BY_FAULTS;
  const wanted = [...states, ...faults].flatMap((one) => STRATEGIES.map((strategy) => `${one} ${strategy}`));
  expect(wanted.filter((pair) => !pairs.has(pair))).toEqual([]);
});

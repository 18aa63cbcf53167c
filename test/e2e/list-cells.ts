// Prints the cells of the table of states × faults × strategies: the scenarios that fill each one, or the reason why it
// cannot exist. Starts nothing.
import { Matrix, type Cell } from '../support/matrix.ts';
import { everyScenario, scenariosOf } from './scenarios.ts';
import { isLeftToMatrix, STATES_BY_FAULTS } from './states-by-faults.ts';

const matrix = new Matrix(STATES_BY_FAULTS);
const scenarios = everyScenario(scenariosOf(() => true));
const fillers = (cell: Cell) =>
  scenarios.filter(({ cells }) => cells.some((one) => JSON.stringify(keyOf(one)) === JSON.stringify(keyOf(cell))));
const keyOf = ({ state, fault, strategy }: Cell) => [state, fault, strategy];

for (const { cells } of scenarios) for (const cell of cells) matrix.mark(cell, true);
const problems = [...matrix.marksOutsideTable(), ...matrix.contradictions().map((cell) => keyOf(cell).join(' × '))];
for (const cell of matrix.cells()) console.log(lineOf(cell));
if (problems.length > 0) console.log(`Not of the table, or not applicable although it runs: ${problems.join('; ')}`);
console.log(`${matrix.cells().length} cells, ${matrix.empty().length} empty`);
process.exitCode = problems.length + matrix.empty().length > 0 ? 1 : 0;

function lineOf(cell: Cell): string {
  const names = fillers(cell).map(({ name }) => name);
  const where = isLeftToMatrix(cell) ? 'only npm run matrix' : 'also npm test';
  const filled = names.length > 0 ? `${names.join(' and ')} (${where})` : 'empty';
  return `${keyOf(cell).join(' × ')}: ${matrix.reasonOf(cell) ?? filled}`;
}

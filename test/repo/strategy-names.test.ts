import { describe, expect, test } from '@jest/globals';
import { STRATEGY_NAMES } from '../../src/strategies/index.ts';
import { namings } from './strategy-names.ts';
import { read, trackedFiles } from './tracked-files.ts';

/** Files and folders that may name a strategy, each with its reason. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'src/strategies/index.ts': 'the list of strategies',
  'src/targets/argo-rollout/': "fields of Argo's API: spec.strategy.canary, status.blueGreen",
  'src/domain/argo-strategies.ts': 'what the argo tools know and say of the strategies of Argo',
  'src/toolsets/traefik/traefik-add-rate-limiting.ts': 'the scope of a limit: the canary Service, or the whole route',
  'src/entry/demo/': 'releases of the demonstration, as a user writes them',
};

/** Names that are also words of the interfaces. Only a comparison of a strategy with one of them names a strategy. */
const WORDS: readonly string[] = ['mcp'];
const OWN_NAMES = STRATEGY_NAMES.filter((name) => !WORDS.includes(name));

const sources = trackedFiles().filter((path) => /^(workflows|activities|src)\/.*\.ts$/.test(path));
const isException = (path: string): boolean => Object.keys(EXCEPTIONS).some((allowed) => path.startsWith(allowed));
const found = (path: string, names: readonly string[]): readonly string[] =>
  namings(read(path), names).map(({ line, text }) => `${path}:${line}: ${text}`);

test('only the folder of a strategy names it', () => {
  const others = sources.filter((path) => !path.startsWith('src/strategies/') && !isException(path));
  expect(others.length).toBeGreaterThan(400);
  expect(others.flatMap((path) => found(path, OWN_NAMES))).toEqual([]);
});

test.each(STRATEGY_NAMES)('the folder of %s names no other strategy', (own) => {
  const folder = sources.filter((path) => path.startsWith(`src/strategies/${own}/`));
  const others = OWN_NAMES.filter((name) => name !== own);
  expect(folder.length).toBeGreaterThan(1);
  expect(folder.flatMap((path) => found(path, others))).toEqual([]);
});

test('the loop, the activities and what strategies share do not speak of a strategy either', () => {
  const words = new RegExp(OWN_NAMES.map((name) => name.replaceAll('-', '[- ]?')).join('|'), 'i');
  const shared = sources.filter((path) => /^(workflows|activities|src\/(delivery|planning|report))\//.test(path));
  // A release that goes back is rolling back.
  expect(shared.filter((path) => words.test(read(path).replaceAll(/rolling[- ]back/gi, '')))).toEqual([]);
});

test('every exception is needed', () => {
  const needless = Object.keys(EXCEPTIONS).filter((allowed) =>
    sources.every((path) => !path.startsWith(allowed) || namings(read(path), STRATEGY_NAMES).length === 0),
  );
  // The list names its strategies by their folders and identifiers.
  expect(needless).toEqual([]);
});

describe('what counts as naming a strategy', () => {
  test.each([
    "if (scene.strategy === 'canary') act();",
    "if ('shadow' !== plan.strategy) act();",
    "const name = 'canary';",
    "type Name = 'blue-green' | 'rest';",
    "const kinds = { 'blue-green': 1 };",
    'const text = `weights of a Blue-green release: ${weights}`;',
    'const shiftBlueGreen = 1;',
    "switch (strategy) { case 'canary': act(); }",
    "const name = 'bluegreen';",
    "import { canary } from './canary/index.ts'; const list = ['canary'];",
  ])('%s', (source) => {
    expect(namings(source, ['canary', 'blue-green'])).not.toEqual([]);
  });

  test.each([
    '// A canary and a blue-green release differ here.',
    'const weights = { stable: 90, canary: 10 };',
    "const text = 'the canary Service';",
    "if (rollout.strategy === 'unknown') act();",
    'if (scene.strategy === spec.strategy) act();',
  ])('not: %s', (source) => {
    expect(namings(source, ['canary', 'blue-green'])).toEqual([]);
  });
});

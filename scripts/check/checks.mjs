const ROOMS = ['src', 'workflows', 'activities', 'sandbox', 'scripts', 'test', 'bench', 'bin'];

/** Each check is one command. `fix`: the same command in its repair mode. `hint`: the action after a failure. */
export const CHECKS = [
  {
    name: 'format',
    command: ['biome', 'format', '.'],
    fix: ['biome', 'format', '--write', '.'],
    hint: 'Run `npm run check -- --fix`: the formatter repairs this by itself.',
  },
  {
    name: 'types',
    command: ['tsc', '-p', 'tsconfig.json', '--pretty', 'false'],
    hint: 'Correct the types named above.',
  },
  {
    name: 'lint and sizes',
    command: ['eslint', '.'],
    fix: ['eslint', '.', '--fix'],
    hint: 'eslint.config.js holds the rules and why; `npm run check -- --fix` repairs what can be repaired.',
  },
  {
    name: 'import rules',
    command: ['depcruise', '--config', '.dependency-cruiser.cjs', '--output-type', 'err-long', ...ROOMS],
    hint: 'The text under each line says where the code belongs.',
  },
  {
    name: 'dead code',
    command: ['knip', '--no-progress', '--treat-config-hints-as-errors'],
    hint: 'Remove what nobody uses, or use it. Entry files are in knip.json.',
  },
  {
    name: 'generated pages',
    command: ['node', 'scripts/docs.ts', '--check'],
    fix: ['node', 'scripts/docs.ts'],
    hint: 'Run `npm run docs` and commit docs/generated.',
  },
  {
    name: 'workflow bundle',
    command: ['node', 'scripts/check/bundle.ts'],
    hint: 'A workflow imports something that cannot run in Temporal’s sandbox; the module is named above.',
  },
];

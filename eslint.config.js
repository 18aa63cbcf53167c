import { builtinModules } from 'node:module';
import tseslint from 'typescript-eslint';

/** Rules that need types: a forgotten await in a release is a step that nobody waited for. */
const typed = {
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/consistent-type-imports': 'error',
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
  '@typescript-eslint/no-unused-vars': [
    'error',
    { varsIgnorePattern: '^_', argsIgnorePattern: '^_', ignoreRestSiblings: true },
  ],
  // A fake of a port is async because the port is.
  '@typescript-eslint/require-await': 'off',
};

const sizes = {
  'max-lines': ['error', { max: 300 }],
  'max-lines-per-function': ['error', { max: 60 }],
  // The formatter (biome.json) wraps code. This finds what it cannot wrap: comments, and expressions that need a name.
  'max-len': [
    'error',
    { code: 120, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true, ignoreUrls: true },
  ],
};

/** The bundler refuses these too, but later and with a longer text. */
const workflowImports = {
  patterns: [
    {
      regex: `^(node:.*|${builtinModules.filter((name) => !name.startsWith('node:')).join('|')})$`,
      message: 'Workflows run without Node: do it in an activity.',
    },
    {
      regex: '^@temporalio/(client|worker|activity)',
      message: 'Workflows load only @temporalio/workflow and @temporalio/common.',
    },
  ],
};

/** src/domain is replayed inside workflows and must give the same answer every time. */
const pure = [
  { object: 'Date', property: 'now', message: 'src/domain has no clock: take the time as an argument.' },
  { object: 'Math', property: 'random', message: 'src/domain has no randomness: take the number as an argument.' },
];

export default tseslint.config(
  { ignores: ['node_modules/', 'dist/', '.sluice/', 'coverage/', 'docs/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: typed,
  },
  { files: ['**/*.{js,mjs,cjs}'], extends: [tseslint.configs.base], languageOptions: { sourceType: 'module' } },
  {
    rules: {
      eqeqeq: ['error', 'always'],
      'no-var': 'error',
      'prefer-const': 'error',
      'no-control-regex': 'error',
      ...sizes,
    },
  },
  { files: ['workflows/**/*.ts'], rules: { 'no-restricted-imports': ['error', workflowImports] } },
  { files: ['src/domain/**/*.ts'], rules: { 'no-restricted-properties': ['error', ...pure] } },
  {
    files: ['test/**/*.ts'],
    rules: {
      // A describe block is one function; its tests are the units that count.
      'max-lines-per-function': ['error', { max: 250 }],
      'max-lines': ['error', { max: 500 }],
      // Scenarios are objects with methods that are handed around; none uses `this`.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
);

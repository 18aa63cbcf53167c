/** Run with `node --experimental-vm-modules node_modules/jest/bin/jest.js --config jest.config.js [paths]`. */
export default {
  testEnvironment: 'node',
  runtime: '<rootDir>/test/support/jest-runtime.cjs',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        // Without this swc would read a .swcrc of some parent folder.
        swcrc: false,
        jsc: { parser: { syntax: 'typescript' }, target: 'es2024', keepClassNames: true },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  // Sandboxes keep their state in .sluice: thousands of files, none of them ours to test.
  modulePathIgnorePatterns: ['<rootDir>/.sluice/', '<rootDir>/dist/'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/.sluice/'],
  // Pure tests finish in milliseconds; one that waits for a server asks for more itself. A limit only ends what hangs:
  // on a busy machine a process takes ten seconds to start.
  testTimeout: 60_000,
  // Two cores is the machine that every time limit is written for.
  maxWorkers: 2,
};

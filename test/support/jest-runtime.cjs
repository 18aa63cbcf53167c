const { default: JestRuntime } = require('jest-runtime');

/**
 * Jest's runtime of the test files. Jest refuses `import()` between two tests, so that nothing outlives a test without
 * notice. Tests that run beside each other are always between two tests when one of them ends (jest-runtime 30.5.2),
 * and product code loads some libraries when they are needed first. What outlives its file is still refused.
 */
module.exports = class extends JestRuntime {
  leaveTestCode() {}
};

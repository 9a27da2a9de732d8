// One Jest set-up for every project: swc transforms (decorator metadata included), workspace
// packages resolved to their sources through the "@alertagent/source" export condition.
const swc = {
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    target: 'es2022',
    keepClassNames: true,
  },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
};

// These ship ES modules only; plain Node requires them natively, Jest needs them transformed.
const esmOnly = ['@marcbachmann/cel-js'];

/** @param {string} rootDir @param {{ match?: string[], timeoutMs?: number }} [options] */
module.exports = (rootDir, options = {}) => ({
  rootDir,
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@alertagent/source', 'node', 'require', 'default'] },
  testMatch: options.match ?? ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
  testTimeout: options.timeoutMs ?? 60_000,
  transform: { '^.+\\.(t|j|mj)s$': ['@swc/jest', swc] },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`],
});

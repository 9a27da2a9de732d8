module.exports = require('../../jest.preset.cjs')(__dirname, {
  match: ['<rootDir>/src/**/*.e2e-spec.ts'],
  timeoutMs: 180_000,
});

// Unit and integration tests of every project; the system tests have their own run (apps/e2e).
module.exports = {
  // Jest takes this from the outermost configuration only.
  testTimeout: 60_000,
  projects: [
    'libs/contracts',
    'libs/alerting',
    'libs/service-kit',
    'tools/local-stack',
    'tools/launcher',
    'tools/fault',
    'tools/simulation',
    'tools/stubs',
    'apps/gateway',
    'apps/rules',
    'apps/clusters',
    'apps/config',
    'apps/ai',
    'apps/sidecar',
    'apps/cli',
    'apps/mcp',
  ].map((project) => `<rootDir>/${project}/jest.config.cjs`),
};

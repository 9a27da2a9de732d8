/** Boundaries of the workspace. `tools/checks/boundaries.mjs` proves with a fixture that each rule can fail. */
const services = 'gateway|rules|clusters|config|ai';

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'libs-do-not-import-apps',
      severity: 'error',
      from: { path: '(^|/)libs/[^/]+/src' },
      to: { path: '(^|/)(apps|tools)/' },
    },
    {
      name: 'apps-do-not-import-each-other',
      comment: 'Services talk over the bus; tests may import the service they test.',
      severity: 'error',
      from: { path: '(^|/)apps/([^/]+)/' },
      to: { path: '(^|/)apps/([^/]+)/', pathNot: '(^|/)apps/$2/' },
    },
    {
      name: 'contracts-import-nothing-of-ours',
      severity: 'error',
      from: { path: '(^|/)libs/contracts/src' },
      to: { path: ['(^|/)libs/(alerting|service-kit)/', 'node_modules/@nestjs/', 'node_modules/(nats|typeorm)/'] },
    },
    {
      name: 'alerting-is-pure',
      comment: 'Domain logic does no I/O, so that it can be simulated and replayed.',
      severity: 'error',
      from: { path: '(^|/)libs/alerting/src', pathNot: '\\.spec\\.ts$' },
      to: {
        path: [
          '(^|/)libs/(contracts|service-kit)/',
          '^(node:)?(fs|net|http|https|child_process|dgram|dns|tls|worker_threads)',
          'node_modules/(@nestjs|nats|typeorm|undici)/',
        ],
      },
    },
    {
      name: 'only-the-kit-speaks-nats-and-drivers',
      severity: 'error',
      from: { path: `(^|/)apps/(${services})/src` },
      to: { path: 'node_modules/(nats|mysql2|libsql|ioredis|pino|prom-client)/' },
    },
    {
      name: 'sidecar-stands-alone',
      comment: 'It must stay small and outlive everything else.',
      severity: 'error',
      from: { path: '(^|/)apps/sidecar/src' },
      to: { path: '(^|/)libs/|node_modules/(?!yaml/|@kubernetes/client-node/)' },
    },
    {
      name: 'sidecar-loads-kubernetes-late',
      comment:
        'The client takes as much memory as the sidecar that pulls: only the ConfigMap transport loads it, when it runs.',
      severity: 'error',
      from: { path: '(^|/)apps/sidecar/src' },
      to: {
        path: ['node_modules/@kubernetes/', '(^|/)apps/sidecar/src/kubernetes-api'],
        dynamic: false,
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'entities-stay-in-their-folder',
      severity: 'error',
      from: { path: '(^|/)apps/[^/]+/src/([^/]+)/', pathNot: '\\.spec\\.ts$' },
      to: { path: '(^|/)apps/[^/]+/src/([^/]+)/.*\\.entity\\.ts$', pathNot: '(^|/)apps/[^/]+/src/$2/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(apps|libs|tools)/[^/]+/dist/' },
    enhancedResolveOptions: {
      conditionNames: ['@alertagent/source', 'types', 'import', 'require', 'node', 'default'],
      exportsFields: ['exports'],
    },
  },
};

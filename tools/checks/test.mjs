// `npm test`: everything, in this order: what needs no server, unit and integration tests, the whole system.
// It fails as well when a tier or a real component it should have used was not used.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const bin = (path) => [process.execPath, `node_modules/${path}`];
const STATIC = [
  ['lockfile', [process.execPath, 'tools/checks/lockfile.mjs']],
  ['types', [...bin('typescript/bin/tsc'), '-b']],
  ['bundle', [process.execPath, 'tools/build/bundle.mjs']],
  ['format', [...bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.']],
  ['lint', [...bin('eslint/bin/eslint.js'), '.']],
  ['boundaries', [process.execPath, 'tools/checks/boundaries.mjs']],
  ['unused code', [...bin('knip/bin/knip.js')]],
  ['contracts', [process.execPath, 'tools/checks/contracts-snapshot.mjs', '--check']],
  ['configuration reference', [process.execPath, 'tools/checks/configuration-reference.mjs', '--check']],
  ['API description', [process.execPath, 'tools/checks/openapi.mjs', '--check']],
  ['event description', [process.execPath, 'tools/checks/asyncapi.mjs', '--check']],
  ['compose', [process.execPath, 'tools/checks/compose.mjs']],
  ['n8n workflows', [process.execPath, 'tools/checks/n8n-workflows.mjs']],
  ['kubernetes', [process.execPath, 'tools/checks/kubernetes.mjs']],
];
/** Every real component some test must have started. */
const COMPONENTS = ['nats-server', 'prometheus', 'alertmanager', 'mariadbd', 'redis-server', 'n8n'];

const work = mkdtempSync(join(tmpdir(), 'alertagent-npm-test-'));
const evidence = join(work, 'started');
writeFileSync(evidence, '');
const failures = [];
const figures = [];

function run(name, [file, ...args], env = {}) {
  const began = Date.now();
  console.log(`\n=== ${name}`);
  const { status, signal } = spawnSync(file, args, {
    stdio: 'inherit',
    env: { ...process.env, NX_NO_CLOUD: 'true', ...env },
  });
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  if (status !== 0) failures.push(`${name} failed (${signal ?? `exit ${status}`})`);
  figures.push(`${name}: ${status === 0 ? 'ok' : 'FAILED'} in ${seconds} s`);
  return status === 0;
}

function tally(tier, results, isIn) {
  const suites = results
    .flatMap((file) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).testResults : []))
    .filter(({ name }) => isIn(name));
  const tests = suites.flatMap(({ assertionResults }) => assertionResults);
  const passed = tests.filter(({ status }) => status === 'passed').length;
  const left = tests.filter(({ status }) => !['passed', 'failed'].includes(status)).length;
  figures.push(`${tier}: ${passed} of ${tests.length} tests passed in ${suites.length} files`);
  if (passed === 0) failures.push(`the tier "${tier}" ran no test`);
  if (left > 0) failures.push(`the tier "${tier}" skipped ${left} tests`);
}

for (const [name, command] of STATIC) run(name, command);

run('servers', [process.execPath, 'tools/checks/ensure-servers.mjs']);
const shared = {
  ALERTAGENT_TEST_EVIDENCE: evidence,
  NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --no-warnings`.trim(),
};
const jest = (config, output, extra = []) => [
  ...bin('jest/bin/jest.js'),
  '-c',
  config,
  '--ci',
  '--json',
  `--outputFile=${output}`,
  ...extra,
];
const [parts, whole] = [join(work, 'parts.json'), join(work, 'whole.json')];
run('unit and integration tests', jest('jest.config.cjs', parts, ['--maxWorkers=2']), shared);
run('system tests', jest('apps/e2e/jest.config.cjs', whole, ['--runInBand']), shared);

tally('unit', [parts], (name) => /\/src\/.*\.spec\.ts$/.test(name));
tally('integration', [parts], (name) => /\/test\/.*\.spec\.ts$/.test(name));
tally('system', [whole], () => true);
const started = new Set(readFileSync(evidence, 'utf8').split('\n'));
for (const component of COMPONENTS) {
  if (!started.has(component)) failures.push(`no test started a real ${component}`);
}
rmSync(work, { recursive: true, force: true });

console.log(
  `\n=== summary\n${figures.join('\n')}\nreal components used: ${COMPONENTS.filter((name) => started.has(name)).join(', ')}`,
);
for (const failure of failures) console.error(`FAILED: ${failure}`);
process.exit(failures.length > 0 ? 1 : 0);

// `npm test`: everything, in this order: what needs no server, unit and integration tests, the whole system.
// It fails as well when a tier or a real component it should have used was not used.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const bin = (path) => [process.execPath, `node_modules/${path}`];
/** What the others need: compiled code. */
const BUILD = [
  ['lockfile', [process.execPath, 'tools/checks/lockfile.mjs']],
  ['types', [...bin('typescript/bin/tsc'), '-b']],
  ['bundle', [process.execPath, 'tools/build/bundle.mjs']],
  ['programs', [process.execPath, 'tools/build/executables.mjs']],
];
/** None of these needs another; the longest is first. */
const STATIC = [
  ['lint', [...bin('eslint/bin/eslint.js'), '.']],
  ['format', [...bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.']],
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

/** Runs one command; what it says is shown as it comes, or all at once at its end when it is not alone. */
async function run(name, [file, ...args], { env = {}, isAlone = true } = {}) {
  const began = Date.now();
  if (isAlone) console.log(`\n=== ${name}`);
  const child = spawn(file, args, {
    stdio: isAlone ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NX_NO_CLOUD: 'true', ...env },
  });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => said.push(chunk));
  const outcome = await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (status, signal) => resolve(status === 0 ? null : (signal ?? `exit ${status}`)));
  });
  if (!isAlone) console.log(`\n=== ${name}\n${Buffer.concat(said).toString().trimEnd()}`);
  if (outcome !== null) failures.push(`${name} failed (${outcome})`);
  figures.push(`${name}: ${outcome === null ? 'ok' : 'FAILED'} in ${((Date.now() - began) / 1000).toFixed(1)} s`);
}

/** Runs the commands two at a time: a machine with more cores has other things to do as well. */
async function runSideBySide(commands) {
  const left = [...commands];
  const work = async () => {
    for (let next = left.shift(); next; next = left.shift()) await run(...next, { isAlone: false });
  };
  await Promise.all([work(), work()]);
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

for (const [name, command] of BUILD) await run(name, command);
await runSideBySide(STATIC);

await run('servers', [process.execPath, 'tools/checks/ensure-servers.mjs']);
const env = {
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
// Half of what a worker does is waiting for servers and clocks: three of them keep two cores busy.
await run('unit and integration tests', jest('jest.config.cjs', parts, ['--maxWorkers=3']), { env });
await run('system tests', jest('apps/e2e/jest.config.cjs', whole, ['--runInBand']), { env });

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

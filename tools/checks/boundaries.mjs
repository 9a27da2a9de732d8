// Runs the boundary rules over the workspace, then over fixtures that break each of them: a rule nobody breaks in
// the fixtures, or that lets its fixture pass, is dead and fails the check.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { forbidden } = require('../../.dependency-cruiser.cjs');

function cruise(args) {
  const bin = 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs';
  const result = spawnSync(
    process.execPath,
    [bin, '--output-type', 'json', '--config', '.dependency-cruiser.cjs', ...args],
    {
      encoding: 'utf8',
      maxBuffer: 256 * 1024 * 1024,
    },
  );
  if (!result.stdout) throw new Error(result.stderr || 'dependency-cruiser printed nothing');
  return JSON.parse(result.stdout).summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to }));
}

const violations = cruise(['apps', 'libs', 'tools/local-stack', 'tools/stubs', 'tools/launcher', 'tools/bench']);
for (const { rule, from, to } of violations) console.error(`${rule}: ${from} → ${to}`);

const caught = new Set(cruise(['tools/checks/fixtures']).map(({ rule }) => rule));
const dead = forbidden.map(({ name }) => name).filter((name) => !caught.has(name));
for (const name of dead) console.error(`the rule ${name} did not catch its fixture`);

// ESLint's own fixture: a subject written outside of the contracts.
const lint = spawnSync(
  process.execPath,
  [
    'node_modules/eslint/bin/eslint.js',
    '--no-ignore',
    '--stdin',
    '--stdin-filename',
    'tools/checks/literal-subject.mjs',
  ],
  {
    encoding: 'utf8',
    input: readFileSync('tools/checks/fixtures/literal-subject.mjs', 'utf8'),
  },
);
const literalCaught = `${lint.stdout}`.includes('no-restricted-syntax');
if (!literalCaught) console.error('ESLint did not catch a subject written outside of libs/contracts');

if (violations.length > 0 || dead.length > 0 || !literalCaught) process.exit(1);
console.log(`boundaries: ${forbidden.length} rules hold in the workspace and each catches its fixture`);

import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  checkRuleTemplate,
  instantiateTemplate,
  parseDuration,
  type FilledRule,
  type TemplateDocument,
} from '@alertagent/alerting';
import { ensureBinaries, withTempDir } from '@alertagent/local-stack';
import { stringify } from 'yaml';
import { readPack, readPacks } from './pack-catalogue';

const FOLDER = join(__dirname, '../../packs');
const packs = readPacks(FOLDER);
const run = promisify(execFile);

/** The rule file that a pack makes with its defaults, as promtool reads it. */
function ruleFile(rules: readonly FilledRule[]): string {
  const names = [...new Set(rules.map(({ group }) => group))];
  return stringify({
    groups: names.map((name) => ({
      name,
      rules: rules
        .filter(({ group }) => group === name)
        .map(({ resolved }) => ({
          alert: resolved.name,
          expr: resolved.expression,
          ...(resolved.duration && { for: resolved.duration }),
          labels: { ...resolved.labels, severity: resolved.severity },
          annotations: resolved.annotations,
        })),
    })),
  });
}

const rulesOf = (pack: (typeof packs)[number]): FilledRule[] => {
  const { rules, problems } = instantiateTemplate(pack as unknown as TemplateDocument, {});
  expect(problems).toEqual([]);
  return rules;
};

it('there are packs for the nine systems that nearly everybody runs', () => {
  expect(packs.map(({ name }) => name)).toEqual([
    'alertmanager',
    'blackbox',
    'jvm',
    'kubernetes',
    'mysql',
    'nats',
    'node',
    'prometheus',
    'redis',
  ]);
});

describe.each(packs.map((pack) => ({ name: pack.name, pack })))('the pack $name', ({ name, pack }) => {
  it('can be used, whatever values are chosen', () => {
    expect(checkRuleTemplate(pack as unknown as TemplateDocument)).toEqual([]);
  });

  it('makes rules with its defaults that promtool takes without a complaint and that pass their tests', async () => {
    const { promtool } = await ensureBinaries(['promtool']);
    await withTempDir(async (folder) => {
      await writeFile(join(folder, 'rules.yaml'), ruleFile(rulesOf(pack)));
      await writeFile(join(folder, 'tests.yaml'), await readFile(join(FOLDER, name, 'tests.yaml')));
      const checked = await run(promtool, ['check', 'rules', '--lint=all', '--lint-fatal', join(folder, 'rules.yaml')]);
      expect(checked.stdout).toContain(`${rulesOf(pack).length} rules found`);
      const tested = await run(promtool, ['test', 'rules', join(folder, 'tests.yaml')]);
      expect(tested.stdout).toContain('SUCCESS');
    });
  }, 120_000);

  it('tells for each rule what it means and what to do, and labels nothing with a value that changes', () => {
    for (const { resolved } of rulesOf(pack)) {
      expect(Object.keys(resolved.annotations)).toEqual(expect.arrayContaining(['summary', 'description', 'runbook']));
      expect(['info', 'warning', 'critical']).toContain(resolved.severity);
      expect(resolved.duration).not.toBeNull();
      expect(JSON.stringify(resolved.labels)).not.toContain('$');
    }
  });

  it('asks no rate of less than four scrapes a minute apart', () => {
    for (const { resolved } of rulesOf(pack)) {
      for (const [, range] of resolved.expression.matchAll(/\[(\d+[smhd])(?::\w+)?\]/g)) {
        expect(parseDuration(range!)).toBeGreaterThanOrEqual(4 * 60_000);
      }
    }
  });

  it('has bounds for its numbers, and a default for everything', () => {
    for (const { type, minimum, maximum, default: chosen, description } of pack.parameters) {
      expect(chosen).toBeDefined();
      expect(description).not.toBe('');
      if (type === 'number' || type === 'duration') expect([minimum, maximum]).not.toContain(undefined);
    }
  });
});

it('a pack that says something unknown is refused with its pointer', () => {
  const pack = {
    name: 'x',
    version: '1.0.0',
    requires: [],
    parameters: [],
    groups: [{ name: 'g', rules: [{ name: 'R', expression: 'up' }] }],
  };
  expect(readPack(stringify(pack)).name).toBe('x');
  expect(() => readPack(stringify({ ...pack, colour: 'red' }))).toThrow('/colour');
  expect(() => readPack(stringify({ ...pack, version: 'one' }))).toThrow('/version');
});

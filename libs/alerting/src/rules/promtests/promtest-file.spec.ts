import { parse } from 'yaml';
import { readPromtestFile, type PromtestFile } from './promtest-file';

const FILE = `# what a person wrote
rule_files: ['../../etc/passwd', rules.yml]
evaluation_interval: 1m
tests:
  - interval: 1m
    name: first
    input_series: &series
      - {series: 'up{job="a"}', values: '0x10 1 _x5'}
    alert_rule_test:
      - {eval_time: 5m, alertname: Down}
      - {eval_time: 6m, alertname: Down}
  - interval: 1m
    input_series: *series
    alert_rule_test: [{eval_time: 5m, alertname: Other}]
`;

const fileOf = (content: string): PromtestFile => {
  const read = readPromtestFile(content);
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  return read.file;
};
const codesOf = (content: string): string[] => {
  const read = readPromtestFile(content);
  return 'problems' in read ? read.problems.map(({ pointer, code }) => `${pointer} ${code}`) : [];
};

describe('a promtool test file', () => {
  it('tells its tests, the alerts it names and its rule files', () => {
    expect(fileOf(FILE)).toMatchObject({
      names: ['first', ''],
      alertNames: ['Down', 'Other'],
      ruleFiles: ['../../etc/passwd', 'rules.yml'],
    });
  });

  it('is rendered with the rule files that it is given, and never with its own', () => {
    const rendered = parse(fileOf(FILE).render({ ruleFiles: ['a.yml'] })) as object;
    expect(rendered).toEqual({ ...(parse(FILE) as object), rule_files: ['a.yml'] });
  });

  it('is rendered with one test that stands alone, whatever it shares with others', () => {
    const { tests } = parse(FILE) as { tests: object[] };
    expect(parse(fileOf(FILE).render({ ruleFiles: ['a.yml'], only: 1 }))).toEqual({
      rule_files: ['a.yml'],
      evaluation_interval: '1m',
      tests: [tests[1]],
    });
  });

  it('keeps the spelling of values that mean something else when they are written anew', () => {
    const spelled = `tests:\n  - {name: "no", external_labels: {a: '0x1F', b: '1_000'}, interval: 1m}\n`;
    expect(fileOf(spelled).render({ ruleFiles: [] })).toContain(`{ a: '0x1F', b: '1_000' }`);
  });

  it.each([
    ['tests: [', '/content not_yaml'],
    ['just text', '/content not_tests'],
    ['- a list', '/content not_tests'],
    [`tests: [${'{name: x},'.repeat(201)}]`, '/content too_many'],
    [`tests: [{input_series: [{series: up, values: '0x999999999999'}]}]`, '/content too_large'],
    [
      `tests: [{input_series: [{series: a, values: '0x600000'}, {series: b, values: '1+1x600000'}]}]`,
      '/content too_large',
    ],
  ])('that cannot be run is refused: %j', (content, problem) => {
    expect(codesOf(content)).toEqual([problem]);
  });

  it('is not unfolded when its aliases would make it grow without end', () => {
    const levels = Array.from(
      { length: 12 },
      (_, level) => `l${level}: &l${level} [${`*l${level - 1},`.repeat(level === 0 ? 0 : 9)}]`,
    );
    expect(codesOf(`${levels.join('\n')}\ntests: []\n`)).toEqual(['/content too_large']);
  });
});

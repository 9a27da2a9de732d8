import { fileNamespaces } from './file-namespaces';
import { mayHoldRules, readRuleSources, type RuleSource } from './rule-sources';

describe('many files', () => {
  it('are named by their path below what they share', () => {
    const paths = ['rules/node/a.yml', 'rules/node/a.yaml', './rules/b.rules.yaml', 'rules\\c\\d.rules'];
    expect([...fileNamespaces(paths).values()]).toEqual(['node/a', 'node/a.yaml', 'b', 'c/d']);
    expect([...fileNamespaces(['/etc/x/one.yml']).values()]).toEqual(['one']);
  });
});

describe('the namespace of what was read', () => {
  const file = (group: string) => `groups: [{name: ${group}, rules: [{alert: A, expr: up}]}]`;
  const resource = (name: string) =>
    `apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: ${name}}\nspec: {groups: [{name: g}]}\n`;
  const namespaces = (sources: RuleSource[], asked: string | null = null) =>
    readRuleSources(sources, asked).map(({ namespace }) => namespace);

  it('is none for a text alone, and the path in a folder', () => {
    expect(namespaces([{ path: null, text: file('g') }])).toEqual(['']);
    expect(
      namespaces([
        { path: 'x/a.yml', text: file('g') },
        { path: 'x/b/c.rules.yml', text: file('g') },
      ]),
    ).toEqual(['a', 'b/c']);
  });

  it('is what a resource is called, also in a folder', () => {
    expect(namespaces([{ path: 'x/a.yml', text: resource('one') }])).toEqual(['one']);
  });

  it('that is asked for stands alone for one text, and before the others otherwise', () => {
    expect(namespaces([{ path: null, text: file('g') }], 'team')).toEqual(['team']);
    expect(namespaces([{ path: null, text: resource('one') }], 'team')).toEqual(['team']);
    expect(namespaces([{ path: null, text: `${resource('one')}---\n${resource('two')}` }], 'team')).toEqual([
      'team/one',
      'team/two',
    ]);
    expect(namespaces([{ path: 'a.yml', text: file('g') }], 'team')).toEqual(['team/a']);
  });

  it('of a rule file of a live Prometheus is its path there', () => {
    const groups = ['/etc/p/a.yml', '/etc/p/rules/b.yml'].map((path) => ({ name: 'g', file: path, rules: [] }));
    const text = JSON.stringify({ status: 'success', data: { groups } });
    expect(namespaces([{ path: null, text }], 'live')).toEqual(['live/a', 'live/rules/b']);
  });

  it('takes a group once: the second of two is refused and says where the first came from', () => {
    const [, second] = readRuleSources(
      [
        { path: 'a.yml', text: `namespace: x\n${file('g')}` },
        { path: 'b.yml', text: `namespace: x\n${file('g')}` },
      ],
      null,
    );
    expect(second!.groups[0]!.problems).toMatchObject([
      { severity: 'error', code: 'not_unique', detail: expect.stringContaining('a.yml') },
    ]);
  });

  it.each([
    ['groups: []', true],
    ['{"groups": []}', true],
    ['# x\n"groups":\n', true],
    ['kind: PrometheusRule', true],
    ['rule_files: [a.yml]\ntests: []', false],
    ['resources: [groups]', false],
  ])('is not looked for in other files of a folder: %j', (text, expected) => {
    expect(mayHoldRules(text)).toBe(expected);
  });
});

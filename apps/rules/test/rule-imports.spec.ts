import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  cancelRuleImport,
  exportRules,
  getClusterRules,
  getRuleImport,
  listRuleGroups,
  listRules,
  updateRule,
  type ExportRules,
  type RuleImportResult,
} from '@alertagent/contracts';
import { readRuleSources, renderRuleFile, type NamedRuleFile } from '@alertagent/alerting';
import { sharedStack } from '@alertagent/local-stack';
import { pack } from 'tar-stream';
import { importRules, resultsOf, sendImport } from './import-requests';
import { ACTOR, RulesWorld } from './rules-world';

const corpus = join(process.env['ALERTAGENT_CORPORA'] ?? join(__dirname, '../../../../shared/corpora'));
const stack = sharedStack();
afterAll(() => stack.close());

const rule = (name: string, more = '') => `{alert: ${name}, expr: up == 0${more}}`;
const file = (...rules: string[]) => `groups:\n- name: g\n  rules:\n${rules.map((each) => `  - ${each}\n`).join('')}`;
const outcomes = (results: readonly RuleImportResult[]) => results.map(({ name, outcome }) => `${name} ${outcome}`);

/** What was read, without places. */
const groupsOf = (files: readonly NamedRuleFile[]) =>
  files.flatMap(({ groups }) =>
    groups.map(({ name, interval, limit, query_offset, labels, rules }) => ({
      ...{ name, interval, query_offset, limit: limit || undefined, labels },
      rules: rules.map(({ rule: { labels: own = {}, annotations = {}, ...rest } }) => ({
        ...rest,
        labels: own,
        annotations,
      })),
    })),
  );

describe.each(stack.testDatabaseUrls())('imports on $name', (database) => {
  let world: RulesWorld;
  let namespace: string;
  let count = 0;

  beforeAll(async () => {
    world = await RulesWorld.start(await stack.startTestNats(), database, {
      config: { security: { outbound_allow: ['127.0.0.1'] } },
    });
  });
  afterAll(() => world.close());
  beforeEach(() => {
    namespace = `n${(count += 1)}`;
  });

  const take = (content: string, options: object = {}) =>
    importRules(world, { content, options: { namespace, ...options } });
  const stored = async (more: object = {}) =>
    (await world.gateway.request(listRules, { namespace, sort: 'group', limit: 500, ...more })).items;
  const exported = async (query: ExportRules): Promise<string> => {
    let [text, cursor] = ['', null as string | null | undefined];
    do {
      const part = await world.gateway.request(exportRules, { ...query, cursor });
      text += part.text;
      cursor = part.next_cursor;
    } while (cursor);
    return text;
  };

  it('creates rules with everything that a file says, and again changes nothing', async () => {
    const text = `groups:
- name: node
  interval: 30s
  query_offset: 1m
  limit: 10
  labels: {tier: infra}
  rules:
  - alert: Down
    expr: up == 0
    for: 5m
    keep_firing_for: 10m
    labels: {severity: page, team: a}
    annotations: {summary: "{{ $labels.instance }}", runbook_url: https://runbooks/down}
  - {record: "job:up", expr: sum(up), labels: {severity: kept}}
- {name: empty, interval: 1m}
`;
    const first = await take(text, { owner: 'infra' });
    expect(first.view).toMatchObject({ state: 'done', total: 2, done: 2, counts: { created: 2, refused: 0 } });
    expect(outcomes(first.results)).toEqual(['Down created', 'job:up created']);
    expect(await stored()).toMatchObject([
      {
        kind: 'alerting',
        name: 'Down',
        group: 'node',
        position: 0,
        duration: '5m',
        keep_firing_for: '10m',
        severity: 'page',
        labels: { team: 'a' },
        annotations: { summary: '{{ $labels.instance }}' },
        runbook: 'https://runbooks/down',
        owner: 'infra',
        targets: [],
        version: 1,
      },
      { kind: 'recording', name: 'job:up', severity: null, labels: { severity: 'kept' }, position: 1 },
    ]);
    const groups = await world.gateway.request(listRuleGroups, { namespace });
    expect(groups.items).toMatchObject([
      { name: 'empty', interval: '1m', rules: 0 },
      { name: 'node', interval: '30s', query_offset: '1m', limit: 10, labels: { tier: 'infra' }, rules: 2 },
    ]);

    const second = await take(text, { owner: 'infra' });
    expect(second.view.counts).toMatchObject({ unchanged: 2, created: 0, updated: 0 });
    expect((await stored()).map(({ version }) => version)).toEqual([1, 1]);
    expect((await world.gateway.request(listRuleGroups, { namespace })).items.map(({ version }) => version)).toEqual([
      1, 1,
    ]);
  });

  it('prints again exactly what it took, as a file and as a resource', async () => {
    const text = file(rule('A', ', for: 1m, labels: {severity: page}'), '{record: b, expr: "1"}', rule('C'));
    await take(text);
    const meant = groupsOf(readRuleSources([{ path: null, text }], null));
    expect(groupsOf(readRuleSources([{ path: null, text: await exported({ namespace }) }], null))).toEqual(meant);
    const resource = readRuleSources([{ path: null, text: await exported({ namespace, format: 'crd' }) }], null);
    expect(resource.map((each) => each.namespace)).toEqual([namespace]);
    expect(groupsOf(resource)).toEqual(meant);
  });

  it('keeps the id of a rule that was edited or moved, and what no file can say of it', async () => {
    await take(file(rule('A'), rule('B', ', labels: {severity: page}'), rule('C')));
    const [a, b, c] = await stored();
    const cluster = await world.cluster();
    const { id: _id, version: _v, created_at: _c, updated_at: _u, deleted_at: _d, ...input } = b!;
    const change = { ...input, owner: 'db', description: 'why', targets: [cluster.id] };
    await world.gateway.request(updateRule, { id: b!.id, rule: change, actor: ACTOR });
    const { results } = await take(file(rule('C'), rule('A'), rule('B', ', for: 5m, labels: {severity: info}')));
    expect(results.map(({ rule_id, outcome }) => [rule_id, outcome])).toEqual([
      [c!.id, 'unchanged'],
      [a!.id, 'updated'],
      [b!.id, 'updated'],
    ]);
    const after = await stored();
    expect(after.map(({ name }) => name)).toEqual(['C', 'A', 'B']);
    expect(after[2]).toMatchObject({
      duration: '5m',
      severity: 'info',
      owner: 'db',
      description: 'why',
      targets: [cluster.id],
    });
  });

  it('takes a rule that a group has twice, with a warning, once each', async () => {
    const text = file(rule('A'), rule('A'));
    const { results } = await take(text);
    expect(results.map(({ outcome, problems }) => [outcome, problems.map(({ code }) => code)])).toEqual([
      ['created', []],
      ['created', ['duplicate']],
    ]);
    expect((await take(text)).view.counts).toMatchObject({ unchanged: 2 });
    expect(await stored()).toHaveLength(2);
  });

  it('refuses what Prometheus would refuse, with line and pointer, and takes the rest', async () => {
    const { view, results } = await take(
      file(
        rule('Good'),
        '{alert: Bad, expr: up ==}',
        rule('Odd', ', severity: x'),
        '{alert: Long, expr: up, for: 5 minutes}',
      ),
    );
    expect(view).toMatchObject({ state: 'done', counts: { created: 1, refused: 3 } });
    expect(results.slice(1)).toMatchObject([
      {
        name: 'Bad',
        outcome: 'refused',
        line: 5,
        problems: [{ severity: 'error', pointer: '/groups/0/rules/1/expr', line: 5 }],
      },
      {
        name: 'Odd',
        outcome: 'refused',
        line: 6,
        problems: [{ code: 'unknown_field', pointer: '/groups/0/rules/2/severity' }],
      },
      { name: 'Long', outcome: 'refused', problems: [{ code: 'bad_duration', pointer: '/groups/0/rules/3/for' }] },
    ]);
    expect((await stored()).map(({ name }) => name)).toEqual(['Good']);
  });

  it('refuses a group whose settings are no settings, and a text that is no YAML', async () => {
    const group = await take(`groups: [{name: g, interval: soon, rules: [${rule('A')}]}]`);
    expect(group.results).toMatchObject([
      { outcome: 'refused', problems: [{ pointer: '/groups/0/interval', code: 'bad_duration' }] },
    ]);
    const text = await take('groups: [');
    expect(text.results).toMatchObject([{ outcome: 'refused', name: '', problems: [{ code: 'bad_yaml' }] }]);
    expect(await stored()).toEqual([]);
  });

  it('tells in a dry run what it would do, and does nothing', async () => {
    await take(file(rule('A'), rule('B')));
    const before = await stored();
    const { view, results } = await take(file(rule('A'), rule('B', ', for: 1m'), rule('C'), '{alert: D, expr: "("}'), {
      dry_run: true,
    });
    expect(outcomes(results)).toEqual(['A unchanged', 'B updated', 'C created', 'D refused']);
    expect(view.state).toBe('done');
    expect(await stored()).toEqual(before);
  });

  it.each([
    ['skip', 'skipped'],
    ['refuse', 'refused'],
  ])('leaves a rule with another content as it is when told to %s', async (on_conflict, outcome) => {
    await take(file(rule('A'), rule('B')));
    const { results } = await take(file(rule('A'), rule('B', ', for: 1m'), rule('C')), { on_conflict });
    expect(outcomes(results)).toEqual(['A unchanged', `B ${outcome}`, 'C created']);
    expect((await stored()).map(({ duration }) => duration)).toEqual([null, null, null]);
  });

  it('puts rules on the clusters that it is given, and refuses clusters that nobody has', async () => {
    const cluster = await world.cluster();
    const { results } = await take(file(rule('A')), { targets: [cluster.name] });
    expect((await world.targets(results[0]!.rule_id!)).map(({ cluster_id }) => cluster_id)).toEqual([cluster.id]);
    await expect(take(file(rule('A')), { targets: ['nobody'] })).rejects.toMatchObject({ code: 'invalid' });
  });

  it('takes an archive file by file, and says what is wrong with one that can not be read', async () => {
    const tar = async (entries: [string, string | Buffer][]): Promise<Buffer> => {
      const packing = pack();
      for (const [name, content] of entries) packing.entry({ name }, content);
      packing.finalize();
      const chunks: Buffer[] = [];
      for await (const chunk of packing) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks);
    };
    const taken = (content: Buffer) => importRules(world, { format: 'tar', content, options: { namespace } });
    const good = await tar([
      ['./rules/a.yml', file(rule('A'))],
      ['./rules/deep/b.yml', file(rule('A'))],
      ['./rules/README.md', 'groups: none'],
      ['./rules/._a.yml', file(rule('Hidden'))],
    ]);
    const { results } = await taken(gzipSync(good));
    expect(results.map(({ namespace: own, path, outcome }) => [own, path, outcome])).toEqual([
      [`${namespace}/a`, 'rules/a.yml', 'created'],
      [`${namespace}/deep/b`, 'rules/deep/b.yml', 'created'],
    ]);
    const { view } = await taken(Buffer.from('no archive'));
    expect(view).toMatchObject({ state: 'failed', error: expect.stringMatching(/archive/) });
  });

  it('ends texts that are made to take for ever', async () => {
    const bombs = join(corpus, 'hostile/bombs/eemeli_pr104_billion-laughs.yml');
    const laughs = existsSync(bombs) ? readFileSync(bombs, 'utf8') : 'a: &a [x]\nb: [*a, *a]\n';
    const { view, results } = await take(laughs);
    expect([view.state, results.map(({ outcome }) => outcome)]).toEqual(['done', expect.arrayContaining(['refused'])]);
  });

  it('takes over what a live Prometheus runs, but not what AlertAgent put there', async () => {
    const own = await world.create({ targets: [(await world.cluster()).id] });
    const alert = (name: string, annotations: object = {}) => ({
      type: 'alerting',
      name,
      query: 'up == 0',
      duration: 60,
      annotations,
    });
    const marks = { alertagent_rule_id: own.id, alertagent_rule_version: '1' };
    const groups = [
      { name: 'g', file: '/etc/prometheus/a.yml', interval: 15, rules: [alert('Theirs'), alert(own.name, marks)] },
    ];
    const prometheus = createServer((request, response) => {
      response.end(JSON.stringify({ status: 'success', data: request.url === '/api/v1/rules' ? { groups } : null }));
    });
    await new Promise<void>((resolve) => prometheus.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(prometheus.address() as AddressInfo).port}`;
    try {
      const { results } = await importRules(world, { format: 'live', source: { url }, options: { namespace } });
      expect(results).toMatchObject([
        { name: 'Theirs', outcome: 'created', group: 'g' },
        { name: own.name, outcome: 'skipped', rule_id: own.id, problems: [{ code: 'managed' }] },
      ]);
      expect(await stored()).toMatchObject([{ name: 'Theirs', duration: '1m', namespace }]);
    } finally {
      prometheus.close();
    }
  });

  it('leaves out everything of a file that AlertAgent rendered: recording rules carry no mark, and its marker is no rule', async () => {
    const clusterId = (await world.cluster()).id;
    const group = `g-${Math.random()}`;
    const place = { namespace: 'team/a', group, targets: [clusterId] };
    const recorded = await world.create({
      ...place,
      kind: 'recording',
      name: 'job:up:sum',
      expression: 'sum by (job) (up)',
    });
    const alerting = await world.create(place);
    const { rules } = await world.gateway.request(getClusterRules, { id: clusterId });
    const { content: text } = renderRuleFile(rules);
    const theirs = 'groups: [{name: theirs, rules: [{record: "job:up:sum", expr: up}]}]';
    const content = [
      { path: 'ours.yml', text },
      { path: 'theirs.yml', text: theirs },
    ];
    const { results } = await importRules(world, { content, options: { namespace } });
    expect(
      results.map(({ name, outcome, rule_id }) => [name, outcome, outcome === 'skipped' ? rule_id : null]),
    ).toEqual(
      expect.arrayContaining([
        ['AlertAgentFile', 'skipped', null],
        ['job:up:sum', 'skipped', recorded.id],
        [alerting.name, 'skipped', alerting.id],
        ['job:up:sum', 'created', null],
      ]),
    );
    expect(results).toHaveLength(4);
    expect(await stored({ namespace: `${namespace}/ours` })).toEqual([]);
    const groups = await world.gateway.request(listRuleGroups, { limit: 500 });
    expect(groups.items.filter((one) => one.namespace.startsWith(namespace)).map(({ name }) => name)).toEqual([
      'theirs',
    ]);
  });

  it('asks no Prometheus where requests may not go, and says so', async () => {
    const { view } = await importRules(world, { format: 'live', source: { url: 'http://169.254.169.254' } });
    expect(view).toMatchObject({ state: 'failed', error: expect.stringContaining('outbound_allow') });
  });

  it('goes on after a crash where it was, and makes no rule twice', async () => {
    const rules = Array.from({ length: 300 }, (_, index) => rule(`R${index}`));
    const { id } = await sendImport(world, { content: file(...rules), options: { namespace } });
    await world.service.close();
    await world.startService();
    const { view } = { view: await ended(id) };
    expect(view).toMatchObject({ state: 'done', total: 300, done: 300, counts: { created: 300, unchanged: 0 } });
    expect((await resultsOf(world, id)).map(({ seq }) => seq)).toEqual(rules.map((_, index) => index + 1));
    expect(await stored()).toHaveLength(300);
  });

  const ended = async (id: string) => {
    for (;;) {
      const view = await world.gateway.request(getRuleImport, { id });
      if (view.ended_at) return view;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

  it('can be cancelled before its end, and is over then', async () => {
    const rules = Array.from({ length: 2000 }, (_, index) => rule(`R${index}`));
    const { id } = await sendImport(world, { content: file(...rules), options: { namespace } });
    const cancelled = await world.gateway.request(cancelRuleImport, { id, actor: ACTOR });
    expect(cancelled.state).toBe('cancelled');
    expect((await take(file(rule('After')))).view.counts.created).toBe(1);
    expect((await stored()).length).toBeLessThan(2000);
  });

  // What is shown does not depend on the database; the larger one is enough.
  if (database.name === 'mariadb')
    it('brings every valid rule file of the collection in and out again without loss', async () => {
      const list = join(corpus, 'rules/verdicts.jsonl');
      const verdicts = existsSync(list)
        ? readFileSync(list, 'utf8')
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line) as { file: string; verdict_promtool242: string })
        : [];
      const files = verdicts
        .filter(({ verdict_promtool242 }) => verdict_promtool242 === 'ok')
        .map(({ file: path }) => ({ path, text: readFileSync(join(corpus, 'rules', path), 'utf8') }));
      const { view, results } = await importRules(world, {
        content: files,
        options: { namespace },
        // Some of the collection have templates that read other series.
        actor: { ...ACTOR, role: 'admin' },
        timeoutMs: 120_000,
      });
      expect(results.filter(({ outcome }) => outcome === 'refused')).toEqual([]);
      expect(view.counts).toMatchObject({ created: view.total!, refused: 0 });
      for (const read of readRuleSources(files, namespace)) {
        const text = await exported({ namespace: read.namespace });
        expect({
          path: read.path,
          groups: sortedByName(groupsOf(readRuleSources([{ path: null, text }], null))),
        }).toEqual({
          path: read.path,
          groups: sortedByName(groupsOf([read])),
        });
      }
    }, 240_000);

  const sortedByName = <T extends { name: string }>(groups: T[]): T[] =>
    groups.sort((a, b) => (a.name < b.name ? -1 : 1));
});

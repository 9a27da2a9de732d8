import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { freePort, makeTempDir, removeDir } from '@alertagent/local-stack';
import { run } from '../src/program';
import { StubServer, type StubAnswer } from './stub-server';

const TOKEN = 'aat_secret-of-the-test';
const RULES = 'groups: [{name: g, rules: [{alert: A, expr: up == 0, for: 5m}]}]\n';

class Sink extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }
}

describe('agentctl', () => {
  let server: StubServer;
  let folder: string;
  beforeAll(async () => {
    server = await StubServer.start();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    server.reset();
    folder = await makeTempDir('agentctl');
  });
  afterEach(() => removeDir(folder));

  const agentctl = async (...argv: string[]) => {
    const [out, err] = [new Sink(), new Sink()];
    const code = await run(argv, { out, err }, { ALERTAGENT_URL: server.url, ALERTAGENT_TOKEN: TOKEN });
    expect(out.text + err.text).not.toContain(TOKEN);
    return { code, out: out.text, err: err.text };
  };
  const put = (path: string, text: string): string => {
    const file = join(folder, path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  const problem = (status: number, detail: string, errors: unknown[] = []): StubAnswer => ({
    status,
    body: { title: 'x', status, detail, errors },
  });

  describe('says with its exit code what happened', () => {
    it.each([
      [401, 4, 'revoked'],
      [403, 4, 'role'],
      [404, 5, 'check the id'],
      [409, 5, 'repeat'],
      [413, 5, 'fewer files'],
      [500, 3, 'log of the server'],
    ])('the server answered %d: %d, with advice', async (status, expected, advice) => {
      server.answer = () => problem(status, `no, ${TOKEN}`, [{ pointer: '/yaml', detail: 'bad' }]);
      const { code, err } = await agentctl('rules', 'import', put('a.yml', RULES));
      expect(code).toBe(expected);
      expect(err).toContain('error: no, …\n  /yaml: bad\n→ ');
      expect(err).toContain(advice);
    });

    it('nobody answers: 3', async () => {
      const { code, err } = await agentctl('--url', `http://127.0.0.1:${await freePort()}`, 'rules', 'diff', 'r');
      expect(code).toBe(3);
      expect(err).toMatch(/no answer from .*ECONNREFUSED[^]*→ is AlertAgent running there/);
    });

    it('something else than AlertAgent answers: 5', async () => {
      server.answer = () => ({ body: '<html>' });
      expect(await agentctl('rules', 'diff', 'r')).toMatchObject({
        code: 5,
        err: expect.stringContaining('really AlertAgent'),
      });
    });

    it('a redirect is not followed, since it would carry the token elsewhere', async () => {
      server.answer = () => ({ status: 302, headers: { location: `${server.url}/elsewhere` }, body: '' });
      expect((await agentctl('rules', 'diff', 'r')).code).toBe(5);
      expect(server.seen).toHaveLength(1);
    });

    it.each([
      [['rules', 'unknown'], 'unknown command'],
      [['rules', 'import', '--on-conflict', 'x', 'a.yml'], 'Allowed choices'],
      [['rules', 'import'], 'give files or folders'],
      [['rules', 'import', '/nowhere/a.yml'], 'ENOENT'],
      [['rules', 'diff', 'r', '--from', 'one'], 'whole number'],
      [['rules', 'backtest', 'r'], '--cluster or --source-url'],
      [['--url', 'http://me:secret@host', 'rules', 'diff', 'r'], 'no address'],
      [['--token-file', '/nowhere/token', 'rules', 'diff', 'r'], '--token-file'],
    ])('the command line is wrong: 2 (%j)', async (argv, text) => {
      const { code, err } = await agentctl(...argv);
      expect([code, err]).toEqual([2, expect.stringContaining(text)]);
      expect(err).not.toContain('secret');
      expect(server.seen).toEqual([]);
    });

    it('help was asked for: 0', async () => {
      expect(await agentctl('rules', 'apply', '--help')).toMatchObject({
        code: 0,
        out: expect.stringContaining('--prune'),
      });
    });
  });

  it('asks again when the server is not ready, under the same key', async () => {
    server.answer = () => (server.seen.length < 3 ? problem(503, 'later') : { body: { id: 'b', state: 'done' } });
    expect((await agentctl('rules', 'backtest', 'r', '--cluster', 'c')).code).toBe(0);
    expect(server.seen).toHaveLength(3);
    expect(new Set(server.seen.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(server.seen[0]!.headers.authorization).toBe(`Bearer ${TOKEN}`);
    expect(JSON.parse(server.seen[0]!.body)).toEqual({ rule_id: 'r', cluster: 'c' });
  });

  /** Answers as the import does, with these results. */
  const answerImports = (results: object[], rules: object[] = []): void => {
    const counts: Record<string, number> = { created: 0, updated: 0, unchanged: 0, skipped: 0, refused: 0 };
    for (const { outcome } of results as { outcome: string }[]) counts[outcome]! += 1;
    const view = { id: 'i', total: results.length, done: results.length, counts };
    server.answer = ({ method, path }) => {
      if (method === 'POST' && path === '/rules/import') return { status: 202, body: { ...view, state: 'waiting' } };
      if (path === '/rules/imports/i') return { body: { ...view, state: 'done' } };
      if (path.startsWith('/rules/imports/i/results?')) return { body: { items: results, next_cursor: null } };
      if (path.startsWith('/rules?')) return { body: { items: rules } };
      if (method === 'DELETE') return { status: 204, body: '' };
      return problem(404, path);
    };
  };
  const result = (outcome: string, name = 'A', more: object = {}) => ({
    outcome,
    rule_id: `id-${name}`,
    namespace: 'a',
    group: 'g',
    name,
    path: 'a.yml',
    line: 3,
    problems: [],
    ...more,
  });
  const sentImports = () =>
    server.seen
      .filter(({ path, method }) => method === 'POST' && path === '/rules/import')
      .map(({ body }) => JSON.parse(body) as Record<string, unknown>);

  describe('rules import', () => {
    it('sends the rule files of a folder, with their paths, and nothing else in it', async () => {
      put('a.yml', RULES);
      put('deep/b.rules.yaml', RULES);
      put('kustomization.yaml', 'resources: []');
      put('tests.yml', 'rule_files: [a.yml]\ntests: []');
      put('README.md', 'groups: []');
      put('.git/c.yml', RULES);
      symlinkSync('/etc', join(folder, 'link'));
      answerImports([result('created')]);
      const options = ['--namespace', 'team', '--owner', 'infra', '--target', 'c1', 'environment=production,region=eu'];
      const { code, out } = await agentctl('rules', 'import', folder, ...options, '--dry-run');
      expect(code).toBe(0);
      expect(sentImports()).toEqual([
        {
          dry_run: true,
          namespace: 'team',
          owner: 'infra',
          targets: ['c1', { labels: { environment: 'production', region: 'eu' } }],
          on_conflict: 'update',
          files: [
            { path: 'a.yml', content: RULES },
            { path: 'deep/b.rules.yaml', content: RULES },
          ],
        },
      ]);
      expect(out).toBe(
        'created   a / g / A\ndry run, nothing was changed: 1 created, 0 updated, 0 unchanged, 0 skipped, 0 refused\n',
      );
    });

    it('exits with 1 when a rule is refused, and tells where and why', async () => {
      const problems = [{ severity: 'error', message: 'bad \u001b[31mPromQL', pointer: '/groups/0', line: 3 }];
      answerImports([result('unchanged', 'B'), result('refused', 'A', { problems })]);
      const { code, out } = await agentctl('rules', 'import', put('a.yml', RULES));
      expect(code).toBe(1);
      expect(sentImports()).toEqual([{ yaml: RULES, on_conflict: 'update' }]);
      expect(out).toContain('refused   a / g / A\n          error: bad �[31mPromQL (a.yml:3)\n');
      expect(out).not.toContain(' / B');
    });

    it('takes over what a live Prometheus runs, and sends archives as they are', async () => {
      answerImports([result('created')]);
      await agentctl('rules', 'import', '--cluster', 'production');
      const archive = put('rules.tar.gz', 'not looked into');
      await agentctl('--json', 'rules', 'import', archive, '--dry-run');
      const posts = server.seen.filter(({ method }) => method === 'POST');
      expect(JSON.parse(posts[0]!.body)).toEqual({ source: { cluster: 'production' }, on_conflict: 'update' });
      expect(posts[1]).toMatchObject({
        body: 'not looked into',
        path: '/rules/import?on_conflict=update&dry_run=true',
      });
      expect(posts[1]!.headers['content-type']).toBe('application/gzip');
    });

    it('answers one JSON document where that was asked for', async () => {
      answerImports([result('created')]);
      const { out, err } = await agentctl('--json', 'rules', 'import', put('a.yml', RULES));
      expect(JSON.parse(out)).toMatchObject({ import: { id: 'i' }, results: [{ outcome: 'created' }] });
      expect(err).toBe('');
    });
  });

  describe('rules apply', () => {
    const stored = (name: string, more: object = {}) => ({
      id: `id-${name}`,
      version: 7,
      namespace: 'a',
      group: 'g',
      name,
      ...more,
    });
    const deleted = () =>
      server.seen.filter(({ method }) => method === 'DELETE').map(({ path, headers }) => [path, headers['if-match']]);

    it('plans first, then imports, and leaves what the folder does not hold', async () => {
      put('a.yml', RULES);
      answerImports([result('updated')], [stored('A'), stored('B'), stored('C', { namespace: 'other' })]);
      const { code, out } = await agentctl('rules', 'apply', folder);
      expect(code).toBe(0);
      expect(sentImports().map((sent) => sent['dry_run'])).toEqual([true, undefined]);
      expect(deleted()).toEqual([]);
      expect(out).toContain(
        'surplus   a / g / B\n1 rules are not in the folder; --prune deletes them\napplied: 0 created, 1 updated',
      );
      expect(out).not.toContain(' / C');
    });

    it('changes nothing when a rule is refused', async () => {
      put('a.yml', RULES);
      answerImports([result('refused')], [stored('B')]);
      expect(await agentctl('rules', 'apply', folder, '--prune')).toMatchObject({
        code: 1,
        err: expect.stringContaining('nothing was changed'),
      });
      expect(sentImports().map((sent) => sent['dry_run'])).toEqual([true]);
      expect(deleted()).toEqual([]);
    });

    it('shows the plan alone with --dry-run, and tells by --check whether there is something to do', async () => {
      put('a.yml', RULES);
      answerImports([result('unchanged')], [stored('A')]);
      expect((await agentctl('rules', 'apply', folder, '--check', '--prune')).code).toBe(0);
      answerImports([result('unchanged')], [stored('A'), stored('B')]);
      expect((await agentctl('rules', 'apply', folder, '--check')).code).toBe(0);
      expect((await agentctl('rules', 'apply', folder, '--check', '--prune')).code).toBe(1);
      expect((await agentctl('rules', 'apply', folder, '--dry-run', '--prune')).code).toBe(0);
      expect(sentImports().every((sent) => sent['dry_run'] === true)).toBe(true);
      expect(deleted()).toEqual([]);
    });

    it('deletes the surplus with --prune, each at the version that was looked at', async () => {
      put('a.yml', RULES);
      const many = Array.from({ length: 9 }, (_, index) => stored(`keep${index}`));
      answerImports(
        [result('unchanged'), ...many.map(({ name }) => result('unchanged', name))],
        [stored('A'), ...many, stored('B')],
      );
      const { code, out } = await agentctl('rules', 'apply', folder, '--prune');
      expect([code, deleted()]).toEqual([0, [['/rules/id-B', '"7"']]]);
      expect(out).toContain(
        'deleted   a / g / B\napplied: 0 created, 0 updated, 10 unchanged, 0 skipped, 0 refused, 1 deleted',
      );
    });

    it.each([
      ['more than a fifth', 3, 1],
      ['more than ten', 100, 11],
    ])('deletes %s only with the very number confirmed', async (_what, kept, surplus) => {
      put('a.yml', RULES);
      const rules = Array.from({ length: kept + surplus }, (_, index) => stored(`r${index}`));
      answerImports(
        rules.slice(0, kept).map(({ name }) => result('unchanged', name)),
        rules,
      );
      for (const wrong of [[], ['--confirm', String(surplus + 1)]]) {
        const { code, err } = await agentctl('rules', 'apply', folder, '--prune', ...wrong);
        expect([code, err]).toEqual([6, expect.stringContaining(`--confirm ${surplus}\n`)]);
      }
      expect(sentImports().every((sent) => sent['dry_run'] === true)).toBe(true);
      expect((await agentctl('rules', 'apply', folder, '--prune', '--confirm', String(surplus))).code).toBe(0);
      expect(deleted()).toHaveLength(surplus);
    });

    it('governs everything below its namespace, and everything of its owner, but nothing else', async () => {
      put('a.yml', RULES);
      const rules = [
        stored('gone-file', { namespace: 'team/old', owner: 'infra' }),
        stored('other-team', { namespace: 'team2', owner: 'infra' }),
        stored('other-owner', { namespace: 'team/old', owner: 'apps' }),
      ];
      answerImports([result('unchanged')], rules);
      const surplus = async (...argv: string[]) => {
        const { out } = await agentctl('--json', 'rules', 'apply', folder, '--dry-run', ...argv);
        return (JSON.parse(out) as { surplus: { name: string }[] }).surplus.map(({ name }) => name);
      };
      expect(await surplus()).toEqual([]);
      expect(await surplus('--namespace', 'team')).toEqual(['gone-file', 'other-owner']);
      expect(await surplus('--owner', 'infra')).toEqual(['gone-file', 'other-team']);
      expect(await surplus('--namespace', 'team', '--owner', 'infra')).toEqual(['gone-file']);
    });
  });

  describe('rules export', () => {
    it('writes one file per namespace, and none outside of the folder', async () => {
      server.answer = ({ path }) =>
        path.startsWith('/rule-groups?')
          ? { body: { items: ['', 'team/a', '../../etc/x', 'team/a'].map((namespace) => ({ namespace })) } }
          : { body: `# ${new URLSearchParams(path.split('?')[1]).get('namespace')}\n` };
      expect((await agentctl('rules', 'export', '--output-dir', join(folder, 'out'))).code).toBe(0);
      const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      const texts = files.map(({ parentPath, name }) => [
        join(parentPath, name).slice(folder.length),
        readFileSync(join(parentPath, name), 'utf8'),
      ]);
      expect(Object.fromEntries(texts)).toEqual({
        '/out/rules.yml': '# \n',
        '/out/team/a.yml': '# team/a\n',
        '/out/_/_/etc/x.yml': '# ../../etc/x\n',
      });
    });

    it('writes the text as it came', async () => {
      server.answer = () => ({ body: RULES });
      expect(await agentctl('rules', 'export', '--format', 'crd', '--owner', 'infra')).toMatchObject({
        code: 0,
        out: RULES,
      });
      expect(server.seen[0]!.path).toBe('/rules/export?format=crd&owner=infra');
    });
  });

  describe('rules validate', () => {
    it('needs no server, and tells file, line and pointer of each problem', async () => {
      put('good.yml', RULES);
      put(
        'bad.yml',
        'groups:\n- name: g\n  rules:\n  - alert: A\n    expr: up ==\n  - {alert: B, expr: up, severity: x}\n',
      );
      const { code, out } = await agentctl('rules', 'validate', folder, '--no-lint');
      expect(code).toBe(1);
      expect(out).toMatch(/bad\.yml:6:26: error: .*severity.*\(\/groups\/0\/rules\/1\/severity, /);
      expect(out).toMatch(/bad\.yml:5:16: error: .*\(\/groups\/0\/rules\/0\/expr, /);
      expect(out).toContain('3 rules, 2 problems');
      expect((await agentctl('rules', 'validate', join(folder, 'good.yml'))).code).toBe(0);
      expect(server.seen).toEqual([]);
    });

    it('judges by the version that is told, and calls habits what they are', async () => {
      const file = put('new.yml', 'groups:\n- name: g\n  query_offset: 1m\n  rules:\n  - {alert: A, expr: up == 0}\n');
      expect((await agentctl('rules', 'validate', file)).code).toBe(1);
      const later = await agentctl('rules', 'validate', file, '--prometheus-version', '2.53.3');
      expect([later.code, later.out]).toEqual([0, expect.stringMatching(/warning: .*, missing-for\)/)]);
      expect((await agentctl('rules', 'validate', file, '--prometheus-version', 'new')).code).toBe(2);
    });
  });

  describe('rules validate --strict', () => {
    const withHabit = (annotations: string) =>
      `groups:\n- name: g\n  rules:\n  - {alert: A, expr: up == 0, labels: {severity: page}${annotations}}\n`;

    it('fails for warnings, and says in JSON that Prometheus would load the file', async () => {
      const file = put('habit.yml', withHabit(''));
      expect((await agentctl('rules', 'validate', file, '--offline')).code).toBe(0);
      const { code, out } = await agentctl('--json', 'rules', 'validate', file, '--offline', '--strict');
      const { valid, rules, problems } = JSON.parse(out) as { valid: boolean; rules: number; problems: object[] };
      expect([code, valid, rules]).toEqual([1, true, 1]);
      expect(problems).toContainEqual(
        expect.objectContaining({ path: file, line: 4, column: 13, severity: 'warning', code: 'missing-for' }),
      );
      expect(server.seen).toEqual([]);
    });

    it('passes what is only told, such as a check that a rule leaves out with a reason', async () => {
      const suppress = 'missing-for: every second costs; missing-summary: by name; missing-runbook: none';
      const file = put('told.yml', withHabit(`, annotations: {suppress_checks: '${suppress}'}`));
      const { code, out } = await agentctl('rules', 'validate', file, '--strict');
      expect(out).toContain(': info: ');
      expect(out).not.toContain(': warning: ');
      expect(code).toBe(0);
      expect((await agentctl('rules', 'validate', file, '--strict', '--no-lint')).code).toBe(0);
    });
  });

  describe('rules test', () => {
    it('runs the given promtool on each file, and tells what it said about those that fail', async () => {
      const tool = put('promtool', '#!/bin/sh\necho "ran $*"\ncase "$3" in *bad*) echo broken >&2; exit 1;; esac\n');
      chmodSync(tool, 0o755);
      const { code, out } = await agentctl('rules', 'test', 'good.yml', 'bad.yml', '--promtool', tool);
      expect(code).toBe(1);
      expect(out).toContain(
        'ok      good.yml\nFAILED  bad.yml\nran test rules bad.yml\nbroken\n1 of 2 test files passed',
      );
    });

    it('says what to do where there is no promtool', async () => {
      const { code, err } = await agentctl('rules', 'test', 'a.yml', '--promtool', '/nowhere/promtool');
      expect([code, err]).toEqual([2, expect.stringContaining('--promtool')]);
    });
  });

  it('rules diff shows what changed, and tells by --exit-code that something did', async () => {
    const none = {
      fields: [],
      labels: [],
      annotations: [],
      parameters: [],
      targets: { added: [], removed: [] },
      overrides: [],
    };
    const expression = {
      change: 'changed',
      before: 'up',
      after: 'up == 0',
      changes: [{ what: 'condition', before: null, after: '== 0' }],
    };
    const labels = [{ key: 'team', change: 'added', before: null, after: 'web' }];
    server.answer = () => ({ body: { change: 'changed', ...none, expression, labels } });
    expect(await agentctl('rules', 'diff', 'r', '--from', '1', '--to', '2')).toMatchObject({
      code: 0,
      out: 'expression\n- up\n+ up == 0\n  condition: none → == 0\nlabels/team\n+ web\n',
    });
    expect((await agentctl('rules', 'diff', 'r', '--exit-code')).code).toBe(1);
    expect(server.seen.map(({ path }) => path)).toEqual(['/rules/r/diff?from=1&to=2', '/rules/r/diff']);
    server.answer = () => ({ body: { change: 'formatting', ...none, expression: null } });
    expect((await agentctl('rules', 'diff', 'r', '--exit-code')).code).toBe(0);
  });

  describe('knowledge', () => {
    it('takes in the markdown files of a folder under their paths, titled by their first heading', async () => {
      put('runbooks/disk.md', 'Intro\n\n# Disk full\n\nDelete logs.\n');
      put('runbooks/no-heading.md', 'Just text');
      put('runbooks/empty.md', '  \n');
      put('runbooks/rules.yml', RULES);
      const results = [
        { key: 'disk.md', outcome: 'created' },
        { key: 'no-heading.md', outcome: 'unchanged' },
      ];
      server.answer = () => ({ body: { dry_run: true, results } });
      const argv = ['knowledge', 'import', join(folder, 'runbooks'), '--dry-run', '--owner', 'storage'];
      const { code, out } = await agentctl(...argv);
      expect([code, out]).toEqual([0, 'created disk.md\n1 to create, 0 to update, 1 unchanged\n']);
      expect(server.seen.map(({ path }) => path)).toEqual(['/knowledge/import']);
      expect(JSON.parse(server.seen[0]!.body)).toEqual({
        dry_run: true,
        documents: [
          { key: 'disk.md', title: 'Disk full', text: 'Intro\n\n# Disk full\n\nDelete logs.\n', owner: 'storage' },
          { key: 'no-heading.md', title: 'no-heading', text: 'Just text', owner: 'storage' },
        ],
      });
    });

    it('sends a large folder in parts that the server takes', async () => {
      for (let index = 0; index < 12; index += 1) put(`big/${index}.md`, 'x'.repeat(90_000));
      server.answer = ({ body }) => {
        const { documents } = JSON.parse(body) as { documents: { key: string }[] };
        return { body: { results: documents.map(({ key }) => ({ key, outcome: 'created' })) } };
      };
      const { code, out } = await agentctl('--json', 'knowledge', 'import', join(folder, 'big'));
      expect([code, JSON.parse(out)]).toMatchObject([0, { counts: { created: 12 } }]);
      expect(server.seen).toHaveLength(2);
      for (const { body } of server.seen) expect(Buffer.byteLength(body)).toBeLessThan(1024 * 1024);
    });

    it('finds passages for a question', async () => {
      const item = {
        document_id: 'd',
        version: 3,
        title: 'Kafka',
        heading: 'Lag',
        passage: 'Add consumers.',
        url: null,
      };
      server.answer = () => ({ body: { items: [item] } });
      const { code, out } = await agentctl('knowledge', 'search', 'kafka', 'lags');
      expect([code, out]).toEqual([0, '## Kafka › Lag\nAdd consumers.\n(d, version 3)\n\n']);
      expect(server.seen[0]!.path).toBe('/knowledge/search?q=kafka+lags&limit=5');
    });
  });
});

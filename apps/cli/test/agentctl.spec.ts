import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@alertagent/local-stack';
import { AgentctlStand, problem, RULES, TOKEN } from './agentctl-stand';

const stand = new AgentctlStand();
const { agentctl, put } = stand;

describe('agentctl', () => {
  describe('says with its exit code what happened', () => {
    it.each([
      [401, 4, 'revoked'],
      [403, 4, 'role'],
      [404, 5, 'check the id'],
      [409, 5, 'repeat'],
      [413, 5, 'fewer files'],
      [500, 3, 'log of the server'],
    ])('the server answered %d: %d, with advice', async (status, expected, advice) => {
      stand.server.answer = () => problem(status, `no, ${TOKEN}`, [{ pointer: '/yaml', detail: 'bad' }]);
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
      stand.server.answer = () => ({ body: '<html>' });
      expect(await agentctl('rules', 'diff', 'r')).toMatchObject({
        code: 5,
        err: expect.stringContaining('really AlertAgent'),
      });
    });

    it('a redirect is not followed, since it would carry the token elsewhere', async () => {
      stand.server.answer = () => ({ status: 302, headers: { location: `${stand.server.url}/elsewhere` }, body: '' });
      expect((await agentctl('rules', 'diff', 'r')).code).toBe(5);
      expect(stand.server.seen).toHaveLength(1);
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
      expect(stand.server.seen).toEqual([]);
    });

    it('help was asked for: 0', async () => {
      expect(await agentctl('rules', 'apply', '--help')).toMatchObject({
        code: 0,
        out: expect.stringContaining('--prune'),
      });
    });
  });

  it('asks again when the server is not ready, under the same key', async () => {
    stand.server.answer = () =>
      stand.server.seen.length < 3 ? problem(503, 'later') : { body: { id: 'b', state: 'done' } };
    expect((await agentctl('rules', 'backtest', 'r', '--cluster', 'c')).code).toBe(0);
    expect(stand.server.seen).toHaveLength(3);
    expect(new Set(stand.server.seen.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(stand.server.seen[0]!.headers.authorization).toBe(`Bearer ${TOKEN}`);
    expect(JSON.parse(stand.server.seen[0]!.body)).toEqual({ rule_id: 'r', cluster: 'c' });
  });

  describe('rules export', () => {
    it('writes one file per namespace, and none outside of the folder', async () => {
      stand.server.answer = ({ path }) =>
        path.startsWith('/rule-groups?')
          ? { body: { items: ['', 'team/a', '../../etc/x', 'team/a'].map((namespace) => ({ namespace })) } }
          : { body: `# ${new URLSearchParams(path.split('?')[1]).get('namespace')}\n` };
      expect((await agentctl('rules', 'export', '--output-dir', join(stand.folder, 'out'))).code).toBe(0);
      const files = readdirSync(stand.folder, { recursive: true, withFileTypes: true }).filter((entry) =>
        entry.isFile(),
      );
      const texts = files.map(({ parentPath, name }) => [
        join(parentPath, name).slice(stand.folder.length),
        readFileSync(join(parentPath, name), 'utf8'),
      ]);
      expect(Object.fromEntries(texts)).toEqual({
        '/out/rules.yml': '# \n',
        '/out/team/a.yml': '# team/a\n',
        '/out/_/_/etc/x.yml': '# ../../etc/x\n',
      });
    });

    it('writes the text as it came', async () => {
      stand.server.answer = () => ({ body: RULES });
      expect(await agentctl('rules', 'export', '--format', 'crd', '--owner', 'infra')).toMatchObject({
        code: 0,
        out: RULES,
      });
      expect(stand.server.seen[0]!.path).toBe('/rules/export?format=crd&owner=infra');
    });
  });

  describe('rules validate', () => {
    it('needs no server, and tells file, line and pointer of each problem', async () => {
      put('good.yml', RULES);
      put(
        'bad.yml',
        'groups:\n- name: g\n  rules:\n  - alert: A\n    expr: up ==\n  - {alert: B, expr: up, severity: x}\n',
      );
      const { code, out } = await agentctl('rules', 'validate', stand.folder, '--no-lint');
      expect(code).toBe(1);
      expect(out).toMatch(/bad\.yml:6:26: error: .*severity.*\(\/groups\/0\/rules\/1\/severity, /);
      expect(out).toMatch(/bad\.yml:5:16: error: .*\(\/groups\/0\/rules\/0\/expr, /);
      expect(out).toContain('3 rules, 2 problems');
      expect((await agentctl('rules', 'validate', join(stand.folder, 'good.yml'))).code).toBe(0);
      expect(stand.server.seen).toEqual([]);
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
      expect(stand.server.seen).toEqual([]);
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
    stand.server.answer = () => ({ body: { change: 'changed', ...none, expression, labels } });
    expect(await agentctl('rules', 'diff', 'r', '--from', '1', '--to', '2')).toMatchObject({
      code: 0,
      out: 'expression\n- up\n+ up == 0\n  condition: none → == 0\nlabels/team\n+ web\n',
    });
    expect((await agentctl('rules', 'diff', 'r', '--exit-code')).code).toBe(1);
    expect(stand.server.seen.map(({ path }) => path)).toEqual(['/rules/r/diff?from=1&to=2', '/rules/r/diff']);
    stand.server.answer = () => ({ body: { change: 'formatting', ...none, expression: null } });
    expect((await agentctl('rules', 'diff', 'r', '--exit-code')).code).toBe(0);
  });
});

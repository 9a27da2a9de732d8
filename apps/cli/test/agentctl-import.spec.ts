import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { AgentctlStand, problem, RULES } from './agentctl-stand';

const stand = new AgentctlStand();
const { agentctl, put } = stand;

describe('agentctl', () => {
  /** Answers as the import does, with these results. */
  const answerImports = (results: object[], rules: object[] = []): void => {
    const counts: Record<string, number> = { created: 0, updated: 0, unchanged: 0, skipped: 0, refused: 0 };
    for (const { outcome } of results as { outcome: string }[]) counts[outcome]! += 1;
    const view = { id: 'i', total: results.length, done: results.length, counts };
    stand.server.answer = ({ method, path }) => {
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
    stand.server.seen
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
      symlinkSync('/etc', join(stand.folder, 'link'));
      answerImports([result('created')]);
      const options = ['--namespace', 'team', '--owner', 'infra', '--target', 'c1', 'environment=production,region=eu'];
      const { code, out } = await agentctl('rules', 'import', stand.folder, ...options, '--dry-run');
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
      const posts = stand.server.seen.filter(({ method }) => method === 'POST');
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
      stand.server.seen
        .filter(({ method }) => method === 'DELETE')
        .map(({ path, headers }) => [path, headers['if-match']]);

    it('plans first, then imports, and leaves what the folder does not hold', async () => {
      put('a.yml', RULES);
      answerImports([result('updated')], [stored('A'), stored('B'), stored('C', { namespace: 'other' })]);
      const { code, out } = await agentctl('rules', 'apply', stand.folder);
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
      expect(await agentctl('rules', 'apply', stand.folder, '--prune')).toMatchObject({
        code: 1,
        err: expect.stringContaining('nothing was changed'),
      });
      expect(sentImports().map((sent) => sent['dry_run'])).toEqual([true]);
      expect(deleted()).toEqual([]);
    });

    it('shows the plan alone with --dry-run, and tells by --check whether there is something to do', async () => {
      put('a.yml', RULES);
      answerImports([result('unchanged')], [stored('A')]);
      expect((await agentctl('rules', 'apply', stand.folder, '--check', '--prune')).code).toBe(0);
      answerImports([result('unchanged')], [stored('A'), stored('B')]);
      expect((await agentctl('rules', 'apply', stand.folder, '--check')).code).toBe(0);
      expect((await agentctl('rules', 'apply', stand.folder, '--check', '--prune')).code).toBe(1);
      expect((await agentctl('rules', 'apply', stand.folder, '--dry-run', '--prune')).code).toBe(0);
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
      const { code, out } = await agentctl('rules', 'apply', stand.folder, '--prune');
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
        const { code, err } = await agentctl('rules', 'apply', stand.folder, '--prune', ...wrong);
        expect([code, err]).toEqual([6, expect.stringContaining(`--confirm ${surplus}\n`)]);
      }
      expect(sentImports().every((sent) => sent['dry_run'] === true)).toBe(true);
      expect((await agentctl('rules', 'apply', stand.folder, '--prune', '--confirm', String(surplus))).code).toBe(0);
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
        const { out } = await agentctl('--json', 'rules', 'apply', stand.folder, '--dry-run', ...argv);
        return (JSON.parse(out) as { surplus: { name: string }[] }).surplus.map(({ name }) => name);
      };
      expect(await surplus()).toEqual([]);
      expect(await surplus('--namespace', 'team')).toEqual(['gone-file', 'other-owner']);
      expect(await surplus('--owner', 'infra')).toEqual(['gone-file', 'other-team']);
      expect(await surplus('--namespace', 'team', '--owner', 'infra')).toEqual(['gone-file']);
    });
  });
});

import { getPolicyInForce } from '@alertagent/contracts';
import type { AlertWhyView } from '../src/why/why.dto';
import type { DryRunView } from '../src/policies/dry-run.dto';
import type {
  ChangedPolicyView,
  PolicyCheckView,
  PolicyDiffView,
  PolicyVersionPage,
  PolicyView,
} from '../src/policies/policies.dto';
import { AlertStand, DATABASES } from './alert-stand';
import { changePolicy, problemsOf, send } from './policy-requests';
import { alert, message } from './webhooks';

describe.each(DATABASES)('the policy over REST, on %s', (kind) => {
  let stand: AlertStand;
  let original: PolicyView;

  beforeAll(async () => {
    stand = await AlertStand.start(kind, {
      gateway: { routing: { rules: [{ match: { severity: 'critical' }, workflow: 'critical-alert-handling' }] } },
    });
    original = await stand.get<PolicyView>('/policies');
  });

  afterAll(() => stand.stop());

  it('begins as the configuration file says, and is what GET says it is when it is put back', async () => {
    expect(original).toMatchObject({ version: 1, author: 'configuration file' });
    expect(original.policy.routing.routes).toMatchObject([{ workflow: 'critical-alert-handling' }]);
    const { policy } = original;
    const answer = await send<ChangedPolicyView>(stand, 'PUT', '/policies', { policy, reason: 'no change' });
    expect(answer).toMatchObject({ status: 200, body: { version: 1 } });
  });

  it('decides on alerts from the moment a new version is put in force, and says by whom and why', async () => {
    const changed = await changePolicy(
      stand,
      (policy) => ({
        ...policy,
        routing: { ...policy.routing, routes: [{ name: 'api', match: ['service="api"'], team: 'api-team' }] },
      }),
      'the api team takes over',
    );
    expect(changed).toMatchObject({ reason: 'the api team takes over' });
    await stand.deliver(message(alert({ labels: { alertname: 'RoutedByNewVersion' } })));
    await stand.settled();
    const [routed] = await stand.alerts('&name=RoutedByNewVersion');
    const why = await stand.get<AlertWhyView>(`/alerts/${routed!.id}/why`);
    expect(why.events[0]).toMatchObject({ policy_version: changed.version });
    expect(why.incident?.routes).toMatchObject([{ path: ['default', 'api'], team: 'api-team' }]);
    const { body } = await stand.ask<{ items: { action: string; resource_id: string; actor: { name: string } }[] }>(
      'GET',
      '/audit?service=gateway&limit=50',
    );
    expect(body.items).toContainEqual(
      expect.objectContaining({ action: 'policy.changed', resource_id: String(changed.version) }),
    );
  });

  it('is what others are told who try alerts on it', async () => {
    const inForce = await stand.clusters.request(getPolicyInForce, {});
    const { version, policy } = await stand.get<PolicyView>('/policies');
    expect(inForce).toMatchObject({ version, snapshot: { policy, suppressions: [] } });
  });

  it('answers 412 to a change that is based on an older version, and changes nothing', async () => {
    const { version } = await changePolicy(stand, (policy) => ({ ...policy, storm: { ...policy.storm, alerts: 77 } }));
    const current = await stand.ask<PolicyView>('GET', '/policies');
    expect(current.headers.get('etag')).toBe(`"${version}"`);
    const change = { policy: { ...original.policy, storm: { alerts: 5, window: '1m' } }, reason: 'late' };
    const stale = await send(stand, 'PUT', '/policies', change, { 'if-match': `"${version - 1}"` });
    expect(stale.status).toBe(412);
    expect((await stand.get<PolicyView>('/policies')).version).toBe(version);
    const fresh = await send(stand, 'PUT', '/policies', change, { 'if-match': `"${version}"` });
    expect(fresh).toMatchObject({ status: 200, body: { version: version + 1 } });
    expect(fresh.headers.get('etag')).toBe(`"${version + 1}"`);
  });

  it('lets only one of many simultaneous changes based on the same version through', async () => {
    const { version } = await stand.get<PolicyView>('/policies');
    const answers = await Promise.all(
      [61, 62, 63, 64, 65].map((alerts) =>
        send(
          stand,
          'PUT',
          '/policies',
          { policy: { ...original.policy, storm: { alerts, window: '1m' } }, reason: 'race' },
          { 'if-match': `"${version}"` },
        ),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412, 412]);
    expect((await stand.get<PolicyView>('/policies')).version).toBe(version + 1);
  });

  it('refuses a policy with every problem pointed at', async () => {
    const { policy } = original;
    const [rule] = policy.convergence;
    const structural = await send(stand, 'PUT', '/policies', {
      policy: {
        ...policy,
        storms: {},
        storm: { alerts: 0, window: '1m' },
        routing: { ...policy.routing, routes: [{ name: 'x', colour: 'red' }] },
      },
      reason: 'bad',
    });
    expect(structural.status).toBe(400);
    expect(problemsOf(structural)).toEqual(
      expect.arrayContaining([
        '/policy/storms unknown_field',
        '/policy/storm/alerts min',
        '/policy/routing/routes/0/colour unknown_field',
      ]),
    );
    const semantic = await send(stand, 'PUT', '/policies', {
      policy: {
        ...policy,
        convergence: [{ ...rule, match: ['=x'] }],
        priority: {
          ...policy.priority,
          rules: [{ name: 'a', condition: 'labels.', points: 1 }],
          thresholds: [1, 2, 3, 4],
        },
        routing: { ...policy.routing, routes: [{ name: 'night', schedule: 'night', team: 't' }] },
      },
      reason: 'bad',
    });
    expect(semantic.status).toBe(400);
    expect(problemsOf(semantic)).toEqual(
      expect.arrayContaining([
        '/policy/convergence/0 no_default',
        '/policy/priority/rules/0/condition bad_condition',
        '/policy/priority/thresholds/1 not_descending',
        '/policy/routing/routes/0/schedule unknown_schedule',
      ]),
    );
    const dependent = await send(stand, 'PUT', '/policies', {
      policy: {
        ...policy,
        convergence: [{ ...rule, strategy: { by: 'text', levels: ['a'] } }],
        schedules: { day: { time_zone: 'UTC', time: [] } },
      },
      reason: 'bad',
    });
    expect(problemsOf(dependent)).toEqual(
      expect.arrayContaining([
        '/policy/convergence/0/strategy/similarity required',
        '/policy/convergence/0/strategy/levels unknown_field',
        '/policy/schedules/day/time unknown_field',
      ]),
    );
    expect((await send(stand, 'PUT', '/policies', { policy })).status).toBe(400);
  });

  it('validates without putting in force', async () => {
    const { version } = await stand.get<PolicyView>('/policies');
    const check = async (policy: object) =>
      (await send<PolicyCheckView>(stand, 'POST', '/policies/validate', { policy })).body;
    expect(await check(original.policy)).toEqual({ valid: true, problems: [], warnings: [] });
    const warned = await check({
      ...original.policy,
      schedules: { x: { time_zone: 'UTC', times: [{ from: '09:00', to: '17:00' }] } },
    });
    expect(warned).toMatchObject({ valid: true, warnings: [{ pointer: '/policy/schedules/x', code: 'unused' }] });
    expect(await check({ ...original.policy, convergence: [] })).toMatchObject({ valid: false });
    expect(await check({})).toMatchObject({ valid: false });
    expect((await stand.get<PolicyView>('/policies')).version).toBe(version);
  });

  it('keeps all versions, page by page, and shows how they differ', async () => {
    await changePolicy(stand, (policy) => ({ ...policy, storm: { alerts: 40, window: '1m' } }));
    const changed = await changePolicy(stand, (policy) => ({ ...policy, storm: { alerts: 41, window: '1m' } }));
    const seen: number[] = [];
    let cursor: string | null = null;
    do {
      const page: PolicyVersionPage = await stand.get(`/policies/versions?limit=2${cursor ? `&cursor=${cursor}` : ''}`);
      seen.push(...page.items.map(({ version }) => version));
      cursor = page.next_cursor;
    } while (cursor !== null);
    expect(seen).toEqual(Array.from({ length: changed.version }, (_, index) => changed.version - index));
    expect((await stand.get<PolicyView>('/policies/versions/1')).policy).toEqual(original.policy);
    const diff = await stand.get<PolicyDiffView>(`/policies/versions/${changed.version}/diff`);
    expect(diff.differences).toEqual([{ pointer: '/policy/storm/alerts', change: 'changed', before: 40, after: 41 }]);
    const same = await stand.get<PolicyDiffView>(`/policies/versions/1/diff?with=1`);
    expect(same.differences).toEqual([]);
    expect((await stand.ask('GET', '/policies/versions/9999')).status).toBe(404);
    expect((await stand.ask('GET', '/policies/versions/x')).status).toBe(404);
    expect((await stand.ask('GET', '/policies/versions/1/diff?with=abc')).status).toBe(400);
    expect((await stand.ask('GET', '/policies/versions?cursor=abc')).status).toBe(400);
  });

  it('rolls back by a new version with the old content', async () => {
    const { version } = await changePolicy(stand, (policy) => ({ ...policy, storm: { alerts: 9, window: '9m' } }));
    const answer = await send<ChangedPolicyView>(stand, 'POST', '/policies/rollback', {
      to: 1,
      reason: 'it was better',
    });
    expect(answer).toMatchObject({ status: 200, body: { version: version + 1, reason: 'it was better' } });
    expect((await stand.get<PolicyView>('/policies')).policy).toEqual(original.policy);
    expect((await send(stand, 'POST', '/policies/rollback', { to: 9999, reason: 'none' })).status).toBe(404);
    const { body } = await stand.ask<{ items: { action: string }[] }>('GET', '/audit?service=gateway&limit=50');
    expect(body.items.map(({ action }) => action)).toContain('policy.rolled_back');
  });

  it('shows what it makes of sample alerts: grouping, priority and routes, with reasons', async () => {
    const answer = await send<DryRunView>(stand, 'POST', '/policies/dry-run', {
      policy: {
        ...original.policy,
        priority: {
          ...original.policy.priority,
          rules: [{ name: 'db', condition: "labels.service == 'db'", points: 20 }],
          times: [{ schedule: 'office', when: 'active', points: 3 }],
        },
        routing: {
          name: 'all',
          workflow: 'alert-analysis',
          routes: [
            { name: 'db', match: ['service="db"'], team: 'dba', continue: true },
            { name: 'day', schedule: 'office', team: 'day' },
          ],
        },
        schedules: {
          office: { time_zone: 'Europe/Berlin', times: [{ weekdays: ['monday:friday'], from: '09:00', to: '17:00' }] },
        },
      },
      alerts: [
        { labels: { alertname: 'Slow', service: 'db', severity: 'warning' } },
        { labels: { alertname: 'Slow', service: 'web' } },
      ],
      at: '2031-03-03T12:00:00Z',
    });
    expect(answer.status).toBe(200);
    const [db, web] = answer.body.items;
    expect(db!.grouping).toMatchObject({
      rule: 'default',
      by: 'labels',
      group_labels: { alertname: 'Slow', service: 'db' },
    });
    expect(db!.priority).toMatchObject({ priority: 2, score: 63 });
    expect(db!.priority.factors.map(({ factor, points }) => `${factor} ${points}`)).toEqual([
      'severity 40',
      'rule db 20',
      'time office 3',
    ]);
    expect(db!.routes.map(({ path }) => path.join('/'))).toEqual(['all/db', 'all/day']);
    expect(web!.routes.map(({ team }) => team)).toEqual(['day']);
    expect(web!.route_reasons).toContainEqual({
      path: ['all', 'db'],
      taken: false,
      why: 'the alert does not satisfy service="db"',
    });
    const current = await send<DryRunView>(stand, 'POST', '/policies/dry-run', {
      alerts: [{ labels: { alertname: 'A', severity: 'critical' } }],
    });
    expect(current.body.items[0]!.routes).toMatchObject([{ workflow: 'critical-alert-handling' }]);
    const bad = await send(stand, 'POST', '/policies/dry-run', { alerts: [{ labels: {} }] });
    expect(problemsOf(bad)).toEqual(['/alerts/0 bad_alert']);
    expect((await send(stand, 'POST', '/policies/dry-run', { alerts: [], at: 'now' })).status).toBe(400);
  });
});

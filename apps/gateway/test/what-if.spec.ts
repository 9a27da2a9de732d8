import { pollUntil } from '@alertagent/local-stack';
import type { PolicyInput } from '../src/policies/policy.dto';
import type { PolicyView } from '../src/policies/policies.dto';
import type {
  PageDifferencePage,
  PageDifferenceView,
  WhatIfInput,
  WhatIfPage,
  WhatIfView,
} from '../src/policies/what-if.dto';
import { AlertStand, DATABASES } from './alert-stand';
import { changePolicy, problemsOf, send } from './policy-requests';
import { alert, message } from './webhooks';

const MINUTE = 60_000;

describe.each(DATABASES)('what if the policy were another one, on %s', (kind) => {
  let stand: AlertStand;
  let policy: PolicyInput;

  beforeAll(async () => {
    stand = await AlertStand.start(kind);
    await changePolicy(stand, (current) => ({ ...current, routing: { ...current.routing, team: 'operations' } }));
    ({ policy } = await stand.get<PolicyView>('/policies'));
    const startsAt = new Date(Date.now() - MINUTE).toISOString();
    for (const service of ['web', 'db', 'queue', 'db2']) {
      for (const alertname of ['Slow', 'Down', 'Full']) {
        const alerts = ['a', 'b'].map((instance) => alert({ labels: { alertname, service, instance }, startsAt }));
        const cluster = service === 'queue' ? stand.second : stand.first;
        await stand.deliver(message(...alerts, { labels: {} }), { cluster });
      }
    }
    await stand.settled();
  });

  afterAll(() => stand.stop());

  const finished = async (
    input: Partial<WhatIfInput>,
  ): Promise<{ view: WhatIfView; differences: PageDifferenceView[] }> => {
    const started = await send<WhatIfView>(stand, 'POST', '/policies/what-if', input);
    expect(started.status).toBe(202);
    const view = await pollUntil(
      async () => {
        const now = await stand.get<WhatIfView>(`/policies/what-if/${started.body.id}`);
        return now.finished_at === null ? null : now;
      },
      { what: 'the end of the run' },
    );
    const differences: PageDifferenceView[] = [];
    let cursor: string | null = null;
    do {
      const page: PageDifferencePage = await stand.get(
        `/policies/what-if/${view.id}/differences?limit=2${cursor ? `&cursor=${cursor}` : ''}`,
      );
      differences.push(...page.items);
      cursor = page.next_cursor;
    } while (cursor !== null);
    return { view, differences };
  };

  it('finds nothing when nothing is changed, and counts what really happened', async () => {
    const { view, differences } = await finished({ policy });
    expect(view).toMatchObject({ state: 'done', unreadable: 0, policy_version: 2, warnings: [], error: null });
    expect(view.alerts_done).toBe(view.alerts_total);
    expect(view.result.events).toBe(24);
    expect(view.result.difference_count).toBe(0);
    expect(differences).toEqual([]);
    expect(view.result.after).toEqual(view.result.before);
    expect(view.result.before.incidents).toBe((await stand.incidents()).length);
    expect(view.result.teams).toMatchObject([{ team: 'operations', before: 12, after: 12 }]);
  });

  it('lists exactly the pages that one planted route changes', async () => {
    const changed = {
      ...policy,
      routing: { ...policy.routing, routes: [{ name: 'db', match: ['service="db"'], team: 'dba' }] },
    };
    const { view, differences } = await finished({ policy: changed });
    expect(
      differences.map(({ kind: what, before, after }) => [what, before?.title, before?.team, after?.team]),
    ).toEqual(['Slow', 'Down', 'Full'].map((name) => ['changed', `${name} (service=db)`, 'operations', 'dba']));
    expect(view.result.difference_count).toBe(3);
    expect(view.result.teams).toMatchObject([
      { team: 'dba', before: 0, after: 3 },
      { team: 'operations', before: 12, after: 9 },
    ]);
  });

  it('says who would not have been paged any more with a suppression, and with wider groups', async () => {
    const add = [
      {
        name: 'queues are noisy',
        kind: 'condition',
        owner: 'me',
        reason: 'try',
        condition: "labels.service == 'queue'",
      },
    ];
    const hidden = await finished({ suppressions: { add } as WhatIfInput['suppressions'] });
    expect(hidden.differences.map(({ kind: what, after }) => [what, after])).toEqual(
      [1, 2, 3].map(() => ['only_before', null]),
    );
    expect(hidden.view.result.after).toMatchObject({ pages: 9, suppressed: 6 });
    const [rule] = policy.convergence;
    const wide = { ...policy, convergence: [{ ...rule!, strategy: { by: 'labels' as const, labels: ['alertname'] } }] };
    const grouped = await finished({ policy: wide, cluster_id: stand.first.id });
    expect(grouped.view.result).toMatchObject({
      events: 18,
      before: { pages: 9 },
      after: { pages: 3 },
      difference_count: 6,
    });
  });

  it('reads the alerts anew when the change is about which labels make an alert', async () => {
    // Each alert an incident of its own, and two that differ by their instance one alert.
    const convergence = [{ ...policy.convergence[0]!, strategy: { by: 'alert' as const } }];
    const ignoring = { ...policy, convergence, identity: { ignore_labels: ['instance'] } };
    const { view } = await finished({ policy: ignoring });
    expect(view.result).toMatchObject({ before: { pages: 12 }, after: { pages: 12 }, difference_count: 0 });
    expect(view.warnings).toMatchObject([{ pointer: '/policy/identity/ignore_labels/0', code: 'identity' }]);
  });

  it('refuses what cannot be tried, with pointers', async () => {
    const refusal = async (input: object): Promise<string[]> =>
      problemsOf(await send(stand, 'POST', '/policies/what-if', input));
    expect(await refusal({ days: 31 })).toEqual(['/days max']);
    expect(await refusal({ time_zone: 'Mars/Base' })).toEqual(['/time_zone bad_time_zone']);
    expect(await refusal({ policy: { ...policy, convergence: [] } })).toEqual(['/policy/convergence/0 no_default']);
    expect(await refusal({ suppressions: { remove: ['nothing'] } })).toEqual(['/suppressions/remove/0 not_found']);
    expect(
      await refusal({ suppressions: { add: [{ name: 'x', kind: 'noise', owner: 'o', reason: 'r', nonsense: 1 }] } }),
    ).toEqual(['/suppressions/add/0/nonsense unknown_field']);
    expect((await stand.ask('GET', '/policies/what-if/nothing')).status).toBe(404);
  });

  it('lists runs, stops one and forgets it', async () => {
    const started = await send<WhatIfView>(stand, 'POST', '/policies/what-if', { days: 1 });
    const listed = await stand.get<WhatIfPage>('/policies/what-if');
    expect(listed.items[0]).toMatchObject({ id: started.body.id });
    expect((await send(stand, 'DELETE', `/policies/what-if/${started.body.id}`)).status).toBe(204);
    expect((await stand.ask('GET', `/policies/what-if/${started.body.id}`)).status).toBe(404);
  });
});

import { Clock } from '@alertagent/service-kit';
import type { TestService } from '@alertagent/service-kit/testing';
import type { AlertPage } from '../src/alerts/alert.dto';
import type { PreviewView } from '../src/suppressions/preview.dto';
import { ReleaseSweeper } from '../src/suppressions/release-sweeper';
import { SeverityNotices } from '../src/suppressions/severity-notices';
import type {
  NoiseSuggestions,
  SuppressionDetail,
  SuppressionPage,
  SuppressionView,
} from '../src/suppressions/suppression.dto';
import { AlertStand, DATABASES, type Answer } from './alert-stand';
import { alert, message, type AlertShape } from './webhooks';

const MINUTE = 60_000;

/** Stands still until it is told to go on. */
class SetClock extends Clock {
  time = Date.now();

  now(): Date {
    return new Date(this.time);
  }
}

describe.each(DATABASES)('suppressions on %s', (kind) => {
  const clock = new SetClock();
  let stand: AlertStand;
  let replica: TestService | null = null;

  beforeAll(async () => {
    const rules = [{ name: 'labelled', condition: "labels.maintenance == 'true'", duration: 60 * MINUTE }];
    const config = { gateway: { suppression: { rules } } };
    stand = await AlertStand.start(kind, config, clock);
    // SQLite belongs to one gateway; on a server there may be many.
    if (kind === 'MariaDB') replica = await stand.startReplica(config, clock);
  }, 120_000);
  afterAll(async () => {
    await replica?.close();
    await stand?.stop();
  }, 60_000);

  const inMinutes = (minutes: number): string => new Date(clock.time + minutes * MINUTE).toISOString();
  const input = (service: string, terms: Record<string, unknown> = {}): Record<string, unknown> => ({
    name: `work on ${service}`,
    kind: 'maintenance',
    owner: 'team-a',
    reason: 'a new disk',
    ends_at: inMinutes(60),
    match: [`service="${service}"`],
    ...terms,
  });
  const create = async (body: Record<string, unknown>): Promise<SuppressionView> => {
    const answer = await stand.tell<SuppressionView>('POST', '/suppressions', body);
    if (answer.status !== 201) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const fire = async (service: string, shape: AlertShape = {}): Promise<void> => {
    const labels = { service, ...shape.labels };
    expect((await stand.deliver(message(alert({ startsAt: inMinutes(0), ...shape, labels })))).status).toBe(202);
    await stand.settled();
  };
  const alertsOf = async (service: string) =>
    (await stand.alerts()).filter(({ labels }) => labels['service'] === service);
  const incidentsOf = async (service: string) =>
    (await stand.incidents()).filter(({ group_labels }) => group_labels['service'] === service);
  const sweep = async (): Promise<number> => {
    const both = [stand.service, ...(replica ? [replica] : [])];
    const counts = await Promise.all(both.map((one) => one.get(ReleaseSweeper).sweep()));
    await stand.settled();
    return counts.reduce((sum, { released }) => sum + released, 0);
  };

  it('are created, listed by what they are, changed by whoever read them last, and deleted, each on record', async () => {
    const created = await stand.tell<SuppressionView>('POST', '/suppressions', input('listed', { owner: 'team-b' }));
    expect(created).toMatchObject({ status: 201, body: { kind: 'maintenance', active: true, version: 1 } });
    expect(created.headers.get('etag')).toBe('"1"');
    const { id } = created.body;
    const later = await create(input('later', { starts_at: inMinutes(10) }));
    const listed = async (query: string): Promise<string[]> =>
      (await stand.get<SuppressionPage>(`/suppressions?limit=500&${query}`)).items.map((one) => one.id);
    expect(await listed('owner=team-b')).toEqual([id]);
    expect(await listed('active=true')).toEqual(expect.arrayContaining([id]));
    expect(await listed('active=true')).not.toContain(later.id);
    expect(await listed('active=false')).toContain(later.id);
    expect(await listed('kind=noise')).toEqual([]);
    expect(await listed('origin=configuration')).toEqual(['config:labelled']);

    const body = input('listed', { owner: 'team-b', reason: 'two new disks' });
    const changed = await stand.tell<SuppressionView>('PUT', `/suppressions/${id}`, body, { 'if-match': '"1"' });
    expect(changed).toMatchObject({ status: 200, body: { version: 2, reason: 'two new disks' } });
    expect((await stand.tell('PUT', `/suppressions/${id}`, body, { 'if-match': '"1"' })).status).toBe(412);
    expect((await stand.ask('DELETE', `/suppressions/${id}`)).status).toBe(204);
    expect((await stand.ask('GET', `/suppressions/${id}`)).status).toBe(404);
    expect(await listed('owner=team-b')).toEqual([]);
    const audit = await stand.get<{ items: { action: string; resource_id: string }[] }>(
      '/audit?service=gateway&limit=100',
    );
    expect(audit.items.filter((entry) => entry.resource_id === id).map(({ action }) => action)).toEqual([
      'suppression.deleted',
      'suppression.changed',
      'suppression.created',
    ]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['no owner', { owner: undefined }, '/owner'],
    ['no reason', { reason: '  ' }, '/reason'],
    ['no end', { ends_at: undefined }, '/ends_at'],
    ['an end in the past of its start', { ends_at: '2020-01-01T00:00:00Z' }, '/ends_at'],
    ['a faulty matcher', { match: ['service=~"("'] }, '/match/0'],
    ['every alert to hide', { match: [] }, '/match'],
    [
      'an expression that backtracks elsewhere, but is too long',
      { match: [`a=~"${'(a+)+$'.repeat(700)}"`] },
      '/match/0',
    ],
    ['a field of another kind', { cap: { alerts: 1, window: '1m', per: [] } }, '/cap'],
    [
      'a faulty time zone',
      { recurrence: { cron: '0 2 * * *', time_zone: 'Nowhere', duration: '1h' } },
      '/recurrence/time_zone',
    ],
    ['a field that nobody knows', { until: 'tomorrow' }, '/until'],
  ])('are refused with %s', async (_what, terms, pointer) => {
    const answers: Answer[] = [
      await stand.tell('POST', '/suppressions', input('refused', terms)),
      await stand.tell('POST', '/suppressions/preview', { definition: input('refused', terms) }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 400]);
    expect(answers[0]!.body).toMatchObject({ errors: expect.arrayContaining([expect.objectContaining({ pointer })]) });
    expect(answers[1]!.body).toMatchObject({
      errors: expect.arrayContaining([expect.objectContaining({ pointer: `/definition${pointer}` })]),
    });
  });

  it('hide alerts, say what they hid, and release what still fires once they are ended', async () => {
    const { id } = await create(input('ended'));
    await fire('ended', { labels: { severity: 'critical' } });
    await fire('ended', { labels: { instance: 'b' } });
    await fire('ended', { labels: { instance: 'b' }, status: 'resolved', endsAt: inMinutes(0) });
    expect(await incidentsOf('ended')).toEqual([]);
    expect(await stand.get<SuppressionDetail>(`/suppressions/${id}`)).toMatchObject({
      hidden: { total: 2, firing: 1, critical: 1, by_severity: { critical: 1, warning: 1 } },
    });
    const page = await stand.get<AlertPage>(`/suppressions/${id}/hidden?limit=1`);
    const rest = await stand.get<AlertPage>(`/suppressions/${id}/hidden?limit=1&cursor=${page.next_cursor}`);
    expect([...page.items, ...rest.items].map(({ labels }) => labels['instance'])).toEqual(['b', 'a:9100']);
    expect(rest.next_cursor).toBeNull();

    clock.time += MINUTE;
    expect(await sweep()).toBe(0);
    const ended = await stand.ask('POST', `/suppressions/${id}/end`);
    expect(ended).toMatchObject({ status: 200, body: { active: false } });
    expect((await stand.ask('POST', `/suppressions/${id}/end`)).status).toBe(409);
    const before = await stand.settled();
    expect(await sweep()).toBeGreaterThanOrEqual(1);
    expect(await incidentsOf('ended')).toMatchObject([{ alert_count: 1, firing_count: 1, status: 'open' }]);
    const after = await stand.settled();
    expect(after.dispositions.opened - before.dispositions.opened).toBe(1);
    // Not even when two gateways found it.
    expect(after.dispositions.duplicate - before.dispositions.duplicate).toBe(0);
    expect(await sweep()).toBe(0);
    const [first, second] = await alertsOf('ended');
    expect([first, second].map((one) => [one!.status, one!.suppressed_by])).toEqual([
      ['resolved', id],
      ['firing', null],
    ]);
  });

  it('release at the end of a window, but give late news time for its end to be late as well', async () => {
    await create(input('window', { ends_at: inMinutes(10) }));
    const started = inMinutes(5);
    clock.time += 11 * MINUTE;
    // The window is over, and only now it is heard of.
    await fire('window', { startsAt: started });
    await fire('window', { startsAt: started, labels: { instance: 'quick' } });
    expect(await sweep()).toBe(0);
    await fire('window', {
      startsAt: started,
      labels: { instance: 'quick' },
      status: 'resolved',
      endsAt: inMinutes(-3),
    });
    expect(await incidentsOf('window')).toEqual([]);
    clock.time += MINUTE;
    await sweep();
    expect(await incidentsOf('window')).toMatchObject([{ alert_count: 1, firing_count: 1 }]);
  });

  it('hide behind what fired before they were written, and let go when that is over', async () => {
    await fire('cause', { labels: { alertname: 'Down', severity: 'critical', zone: 'z' } });
    await create(
      input('-', {
        kind: 'inhibition',
        ends_at: undefined,
        match: ['service="consequence"'],
        source: ['alertname="Down"'],
        equal: ['zone'],
      }),
    );
    await sweep();
    await fire('consequence', { labels: { zone: 'z' } });
    await fire('consequence', { labels: { zone: 'other' } });
    expect((await alertsOf('consequence')).map((one) => [one.labels['zone'], one.suppressed_by !== null])).toEqual([
      ['other', false],
      ['z', true],
    ]);
    const [down] = await alertsOf('cause');
    const ending = { startsAt: down!.starts_at, endsAt: inMinutes(0), status: 'resolved' } as const;
    await fire('cause', { ...ending, labels: { alertname: 'Down', severity: 'critical', zone: 'z' } });
    clock.time += MINUTE;
    await sweep();
    expect((await alertsOf('consequence')).filter(({ suppressed_by }) => suppressed_by !== null)).toEqual([]);
  });

  it('are not kept alive by marks that were left behind', async () => {
    await stand.database.query('INSERT INTO alert_markers (marker_key, alert_id, suppression_id) VALUES (?, ?, ?)', [
      'f'.repeat(64),
      '01900000-0000-7000-8000-0000000000ff',
      'gone',
    ]);
    await sweep();
    const rows: unknown[] = await stand.database.query("SELECT * FROM alert_markers WHERE suppression_id = 'gone'");
    expect(rows).toEqual([]);
  });

  it('let through what a cap allows, and the others in their turn', async () => {
    clock.time += 60 * MINUTE - (clock.time % (60 * MINUTE));
    const cap = { alerts: 2, window: '1h', per: ['service'] };
    await create(input('capped', { kind: 'rate_cap', ends_at: undefined, cap }));
    for (const instance of ['1', '2', '3', '4', '5']) await fire('capped', { labels: { instance } });
    const hidden = async () => (await alertsOf('capped')).filter(({ suppressed_by }) => suppressed_by !== null).length;
    const left = [await hidden()];
    const before = await stand.settled();
    clock.time += 5 * MINUTE;
    await sweep();
    left.push(await hidden());
    for (let window = 0; window < 2; window++) {
      clock.time += 60 * MINUTE;
      await sweep();
      await sweep();
      left.push(await hidden());
    }
    expect(left).toEqual([3, 3, 1, 0]);
    // Those whose turn it is not are not sent through the pipeline.
    expect((await stand.settled()).dispositions.duplicate).toBe(before.dispositions.duplicate);
  });

  it('hide by the conditions of the configuration file as they always did', async () => {
    await fire('file', { labels: { maintenance: 'true' } });
    expect((await alertsOf('file')).map(({ suppressed_by }) => suppressed_by)).toEqual(['config:labelled']);
    expect(await stand.get<SuppressionDetail>('/suppressions/config:labelled')).toMatchObject({
      origin: 'configuration',
      hidden: { total: 1 },
    });
  });

  it('are tried on the alerts of the last days before they hide anything', async () => {
    await fire('tried', { labels: { severity: 'critical' } });
    await fire('tried', { labels: { instance: 'b' } });
    const definition = input('tried', { starts_at: inMinutes(1000), ends_at: inMinutes(1060) });
    const answer = await stand.tell<PreviewView>('POST', '/suppressions/preview', { definition, days: 7 });
    expect(answer).toMatchObject({
      status: 200,
      body: { complete: true, hidden: 2, critical: 1, by_name: [{ name: 'HighCPU', hidden: 2 }] },
    });
    expect(answer.body.items.map(({ severity }) => severity)).toEqual(['critical', 'warning']);
    expect(answer.body.alerts).toBeGreaterThan(2);
    expect(await incidentsOf('tried')).toHaveLength(1);
  });

  it('are suggested for what fires again and again and resolves by itself', async () => {
    for (let round = 0; round < 4; round++) {
      const startsAt = inMinutes(0);
      await fire('noisy', { startsAt });
      clock.time += 2 * MINUTE;
      await fire('noisy', { startsAt, status: 'resolved', endsAt: inMinutes(0) });
      clock.time += MINUTE;
    }
    const { items } = await stand.get<NoiseSuggestions>('/suppressions/suggestions');
    const suggestion = items.find(({ labels }) => labels['service'] === 'noisy')!;
    expect(suggestion).toMatchObject({ episodes: 4, median_duration_seconds: 120, severity: 'warning' });
    const { id } = await create({ ...suggestion.draft, owner: 'team-a' });
    await fire('noisy');
    expect((await alertsOf('noisy'))[0]).toMatchObject({ status: 'firing', suppressed_by: id });
  });

  it('are noticed when they begin to hide a severity that they have not hidden before', async () => {
    const { id } = await create(input('noticed'));
    const notices = stand.service.get(SeverityNotices);
    await fire('noticed', { labels: { severity: 'info' } });
    const first = await notices.sweep();
    await fire('noticed', { labels: { severity: 'critical', instance: 'b' } });
    await fire('noticed', { labels: { severity: 'info', instance: 'c' } });
    const second = await notices.sweep();
    expect(first.filter(({ suppression_id }) => suppression_id === id)).toEqual([]);
    expect(second).toEqual([{ suppression_id: id, severity: 'critical' }]);
    expect(await notices.sweep()).toEqual([]);
  });

  it('all count when many are created at once', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `at once ${index}`);
    const created = await Promise.all(names.map((name) => stand.tell('POST', '/suppressions', input(name))));
    expect(created.map(({ status }) => status)).toEqual(names.map(() => 201));
    for (const name of names) await fire(name);
    for (const name of names) expect(await incidentsOf(name)).toEqual([]);
  });
});

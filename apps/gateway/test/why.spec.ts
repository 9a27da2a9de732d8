import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { RECONCILIATION_FORMAT } from '@alertagent/alerting';
import { AlertAgentConfig, newId } from '@alertagent/service-kit';
import { InboxQueue } from '../src/intake/inbox-queue';
import { PipelineBell } from '../src/intake/pipeline-bell';
import type { DecisionReplayView } from '../src/why/decisions.dto';
import type { AlertWhyView, IncidentWhyView } from '../src/why/why.dto';
import { AlertProcessingRecord } from '../src/ledger/alert-processing-record.entity';
import type { ArchivedRow } from '../src/retention/archive';
import { AlertStand, DATABASES } from './alert-stand';
import { changePolicy, problemsOf, send } from './policy-requests';
import { alert, message } from './webhooks';

const at = (minute: number, second = 0): string => new Date(Date.UTC(2026, 10, 22, 9, minute, second)).toISOString();

describe.each(DATABASES)('why, on %s', (kind) => {
  let stand: AlertStand;

  beforeAll(async () => {
    stand = await AlertStand.start(kind, {
      gateway: {
        suppression: {
          rules: [{ name: 'maintenance-window', condition: "labels.maintenance == 'true'", duration: 7_200_000 }],
        },
      },
    });
  });

  afterAll(() => stand.stop());

  it('tells the whole way of an alert: events, incident, priority, routes taken and not taken', async () => {
    await changePolicy(stand, (policy) => ({
      ...policy,
      convergence: [
        { ...policy.convergence[0]!, name: 'nodes', match: ['alertname="NodeDown"'] },
        ...policy.convergence,
      ],
      routing: {
        ...policy.routing,
        routes: [
          { name: 'web', match: ['service="web"'], team: 'web' },
          { name: 'db', match: ['service="db"'], team: 'dba' },
          { name: 'rest', team: 'operations' },
        ],
      },
    }));
    const labels = { alertname: 'SlowQueries', service: 'db' };
    await stand.deliver(message(alert({ labels, startsAt: at(0) })));
    await stand.settled();
    await stand.deliver(message(alert({ labels, startsAt: at(0) })));
    await stand.settled();
    const [found] = await stand.alerts('&name=SlowQueries');
    const why = await stand.get<AlertWhyView>(`/alerts/${found!.id}/why`);
    expect(why).toMatchObject({
      name: 'SlowQueries',
      status: 'firing',
      event_count: 2,
      events_shortened: false,
      events_archived: false,
    });
    expect(why.events.map(({ disposition }) => disposition)).toEqual(['opened', 'duplicate']);
    expect(why.events[0]!.stages.map(({ stage }) => stage)).toEqual(['dedupe', 'converge', 'prioritise', 'route']);
    expect(why.incident).toMatchObject({
      id: found!.incident_id,
      status: 'open',
      routes: [{ path: ['default', 'db'], team: 'dba' }],
    });
    expect(why.incident!.priority_factors).toContainEqual({
      factor: 'severity',
      points: 40,
      why: 'severity counts as warning',
    });
    expect(why.convergence).toEqual([
      { name: 'nodes', taken: false, why: 'the alert does not satisfy alertname="NodeDown"' },
      { name: 'default', taken: true, why: 'it applies to everything' },
    ]);
    expect(why.routes.map(({ path, taken, why: reason }) => [path.at(-1), taken, reason])).toEqual([
      ['default', false, 'handed on to a route below it'],
      ['web', false, 'the alert does not satisfy service="web"'],
      ['db', true, 'it matches, and no route below it does'],
      ['rest', false, 'not looked at: "db" before it took the incident'],
    ]);
    expect(why.summary).toContain('dba');
  });

  it('names what hides an alert, with owner, reason and end, also when that has been changed since', async () => {
    const labels = { alertname: 'Restarting', service: 'shop' };
    const created = await send<{ id: string }>(stand, 'POST', '/suppressions', {
      name: 'shop is moved',
      kind: 'maintenance',
      owner: 'shop team',
      reason: 'move to the new data centre',
      starts_at: '2026-01-01T00:00:00Z',
      ends_at: '2036-01-01T00:00:00Z',
      match: ['service="shop"'],
    });
    expect(created.status).toBe(201);
    await stand.deliver(message(alert({ labels, startsAt: at(1) })));
    await stand.settled();
    const [found] = await stand.alerts('&name=Restarting');
    const expected = {
      id: created.body.id,
      name: 'shop is moved',
      kind: 'maintenance',
      owner: 'shop team',
      reason: 'move to the new data centre',
      starts_at: '2026-01-01T00:00:00.000Z',
      ends_at: '2036-01-01T00:00:00.000Z',
      link: `/api/v1/suppressions/${created.body.id}`,
    };
    const why = await stand.get<AlertWhyView>(`/alerts/${found!.id}/why`);
    expect(why.suppressed_by).toEqual(expected);
    expect(why.events).toMatchObject([{ disposition: 'suppressed', suppressed_by: expected }]);
    expect(why.summary).toContain('shop team');
    expect(why.incident).toBeNull();
    expect((await send(stand, 'DELETE', `/suppressions/${created.body.id}`)).status).toBe(204);
    await stand.deliver(message(alert({ labels, startsAt: at(1) })));
    await stand.settled();
    const released = await stand.get<AlertWhyView>(`/alerts/${found!.id}/why`);
    expect(released.events.map(({ suppressed_by }) => suppressed_by?.owner ?? null)).toEqual(['shop team', null]);
    expect(released.suppressed_by).toBeNull();
    expect(released.incident).not.toBeNull();
  });

  it('names a suppression of the configuration file, too', async () => {
    const labels = { alertname: 'InMaintenance', maintenance: 'true' };
    await stand.deliver(message(alert({ labels, startsAt: new Date().toISOString() })));
    await stand.settled();
    const [found] = await stand.alerts('&name=InMaintenance');
    const why = await stand.get<AlertWhyView>(`/alerts/${found!.id}/why`);
    expect(why.suppressed_by).toMatchObject({ name: 'maintenance-window', owner: 'configuration file', link: null });
  });

  it('tells the life of an incident: opened, joined, raised, resolved', async () => {
    const labels = { alertname: 'Overload', service: 'queue' };
    const members = ['a', 'b', 'c'].map((instance) => ({ labels: { ...labels, instance }, startsAt: at(2) }));
    for (const [index, member] of members.entries()) {
      await stand.deliver(
        message(alert({ ...member, labels: { ...member.labels, severity: index === 2 ? 'critical' : 'warning' } })),
      );
      await stand.settled();
    }
    const [first] = await stand.alerts('&name=Overload');
    const open = await stand.get<IncidentWhyView>(`/incidents/${first!.incident_id}/why`);
    expect(open).toMatchObject({ status: 'open', convergence: 'default', priority: 1, resolved: null });
    expect(open.opened_by).toMatchObject({ disposition: 'opened', event_status: 'firing' });
    expect(open.joined).toMatchObject({
      alerts: 3,
      firing: 3,
      clusters: [{ cluster_id: stand.first.id, alerts: 3, firing: 3 }],
    });
    expect(open.joined.first.map(({ why }) => why)).toEqual([
      expect.stringContaining('opened an incident'),
      expect.stringContaining('same group'),
      expect.stringContaining('same group'),
    ]);
    expect(open.priority_changes.map(({ kind: change, why }) => [change, why])).toEqual([
      ['severity_raised', 'from warning to critical'],
      ['priority_raised', 'from P3 to P1'],
    ]);
    for (const [index, member] of members.entries()) {
      await stand.deliver(
        message(
          alert({
            ...member,
            status: 'resolved',
            endsAt: at(9),
            labels: { ...member.labels, severity: index === 2 ? 'critical' : 'warning' },
          }),
        ),
      );
    }
    await stand.settled();
    const resolved = await stand.get<IncidentWhyView>(`/incidents/${first!.incident_id}/why`);
    expect(resolved).toMatchObject({
      status: 'resolved',
      resolved: { kind: 'resolved', why: 'all 3 alerts are resolved' },
    });
    expect(resolved.timeline.map(({ kind: moment }) => moment)).toEqual([
      'opened',
      'severity_raised',
      'priority_raised',
      'resolved',
    ]);
  });

  it('says so when there is no such thing', async () => {
    expect((await stand.ask('GET', '/alerts/nothing/why')).status).toBe(404);
    expect((await stand.ask('GET', '/incidents/nothing/why')).status).toBe(404);
    expect((await send(stand, 'POST', '/decisions/replay', { alert_id: 'nothing' })).status).toBe(404);
    expect((await send(stand, 'POST', '/decisions/replay', { inbox_id: 'nothing' })).status).toBe(404);
    expect(problemsOf(await send(stand, 'POST', '/decisions/replay', {}))).toEqual(['/alert_id required']);
  });

  it('comes to the identical decision each time a stored one is taken again', async () => {
    await busyDay(stand);
    await reconciled(stand);
    const records = await stand.database.manager.find(AlertProcessingRecord, {
      order: { inbox_id: 'ASC', alert_index: 'ASC' },
    });
    const dispositions = new Set(records.map(({ disposition }) => disposition));
    expect([...dispositions].sort()).toEqual(
      expect.arrayContaining(['duplicate', 'merged', 'opened', 'resolved', 'suppressed']),
    );
    expect(records.length).toBeGreaterThan(400);
    expect(records.filter(({ stages }) => stages.some(({ why }) => why.includes('reconciled')))).toHaveLength(2);
    let identical = 0;
    const differing: unknown[] = [];
    for (const { inbox_id, alert_index } of records) {
      const { body } = await send<DecisionReplayView>(stand, 'POST', '/decisions/replay', { inbox_id, alert_index });
      if (body.identical) identical += 1;
      else differing.push(body);
    }
    expect(differing).toEqual([]);
    expect(identical).toBe(records.length);
  });

  it('finds decisions in the archive, too', async () => {
    const labels = { alertname: 'Archived', service: 'db' };
    await stand.deliver(
      message(alert({ labels, startsAt: at(4) }), alert({ labels: { ...labels, instance: 'b' }, startsAt: at(4) })),
    );
    await stand.settled();
    const records = await stand.database.manager.find(AlertProcessingRecord, {
      order: { inbox_id: 'DESC', alert_index: 'DESC' },
      take: 2,
    });
    const id = records[0]!.inbox_id;
    const tables = { alert_inbox: 'id', alert_processing_records: 'inbox_id' };
    const rows: ArchivedRow[] = [];
    for (const [table, column] of Object.entries(tables)) {
      const found: unknown[] = await stand.database.query(`SELECT * FROM ${table} WHERE ${column} = ?`, [id]);
      rows.push(...found.map((row) => ({ table, row })));
      await stand.database.query(`DELETE FROM ${table} WHERE ${column} = ?`, [id]);
    }
    const gone = await send<DecisionReplayView>(stand, 'POST', '/decisions/replay', { inbox_id: id, alert_index: 1 });
    expect(gone.status).toBe(404);
    const directory = join(stand.service.get(AlertAgentConfig).data_dir, 'archive');
    await mkdir(directory, { recursive: true });
    const lines = rows
      .map(
        (row) => `${JSON.stringify(row)}
`,
      )
      .join('');
    await writeFile(join(directory, `webhooks-${id}.ndjson.gz`), gzipSync(lines));
    const { body } = await send<DecisionReplayView>(stand, 'POST', '/decisions/replay', {
      inbox_id: id,
      alert_index: 1,
    });
    expect(body).toMatchObject({
      identical: true,
      items: [{ stored: { disposition: 'merged' }, replayed: { disposition: 'merged' } }],
    });
  });

  it('shows what another version would have decided, and where it differs', async () => {
    const labels = { alertname: 'Replayed', service: 'db' };
    await stand.deliver(message(alert({ labels, startsAt: at(3) })));
    await stand.settled();
    const { version } = await changePolicy(stand, (policy) => ({
      ...policy,
      routing: { ...policy.routing, routes: [{ name: 'only', team: 'everybody' }] },
    }));
    const [found] = await stand.alerts('&name=Replayed');
    const { body } = await send<DecisionReplayView>(stand, 'POST', '/decisions/replay', {
      alert_id: found!.id,
      policy_version: version,
    });
    expect(body.items).toMatchObject([
      { identical: false, replayed: { policy_version: version, disposition: 'opened' } },
    ]);
    expect(body.items[0]!.differences.map(({ pointer }) => pointer)).toEqual(['/why', '/stages']);
    const same = await send<DecisionReplayView>(stand, 'POST', '/decisions/replay', { alert_id: found!.id });
    expect(same.body).toMatchObject({ identical: true, event_count: 1 });
  });
});

/** What reconciliation concludes: an alert that fires no more, and one that does. */
async function reconciled(stand: AlertStand): Promise<void> {
  const labels = { alertname: 'Forgotten', service: 'db' };
  const startsAt = new Date(Date.now() - 60_000).toISOString();
  await stand.deliver(message(alert({ labels, startsAt })));
  await stand.settled();
  const events = [
    alert({ labels, startsAt, status: 'resolved', endsAt: new Date().toISOString() }),
    alert({ labels: { ...labels, alertname: 'Unheard' }, startsAt }),
  ];
  await stand.service.get(InboxQueue).enqueue(stand.database.manager, {
    id: newId(),
    cluster_id: stand.first.id,
    received_at: Date.now(),
    alert_count: events.length,
    good_count: events.length,
    body: JSON.stringify(message(...events)),
    format: RECONCILIATION_FORMAT,
  });
  stand.service.get(PipelineBell).ring();
  await stand.settled();
}

/** Some hundred events of all kinds, in storms and one by one, under changing policies. */
async function busyDay(stand: AlertStand): Promise<void> {
  for (let round = 0; round < 12; round++) {
    if (round % 4 === 3) {
      await changePolicy(stand, (policy) => ({
        ...policy,
        storm: { alerts: 10 + round, window: '1m' },
        flapping: { ...policy.flapping, changes: 3, hold: '1s' },
        priority: { ...policy.priority, history: [{ incidents: 1 + round, points: 5 }] },
      }));
    }
    const alerts = Array.from({ length: 36 }, (_, index) => {
      const labels = {
        alertname: ['Latency', 'Disk', 'Crash'][index % 3]!,
        service: ['web', 'db'][index % 2]!,
        instance: `host-${index % 9}`,
        severity: ['warning', 'critical', 'info'][(index + round) % 3]!,
        ...(index % 13 === 0 ? { maintenance: 'true' } : {}),
      };
      const isEnd = (index + round) % 4 === 3;
      const startsAt = new Date(Date.now() - 60_000 * (1 + (round % 3))).toISOString();
      return alert({ labels, startsAt, ...(isEnd ? { status: 'resolved', endsAt: new Date().toISOString() } : {}) });
    });
    await stand.deliver(message(...alerts));
    await stand.deliver(message(...alerts.slice(0, 6)));
    await stand.settled();
  }
}

import { getRuleFacts, rulePublished, ruleWithdrawn, type RuleLabels } from '@alertagent/contracts';
import { fakePeer, type FakePeer } from '@alertagent/service-kit/testing';
import { pollUntil } from '@alertagent/local-stack';
import { SettleSweeper } from '../src/incidents/settle-sweeper';
import type { IncidentDetail } from '../src/incidents/incident.dto';
import { AlertStand, DATABASES } from './alert-stand';
import { MovingClock } from './moving-clock';
import { changePolicy } from './policy-requests';
import { alert, message } from './webhooks';

const RULE = '01900000-0000-7000-8000-0000000000aa';
const version = (number: number) => ({ alertagent_rule_id: RULE, alertagent_rule_version: String(number) });

describe.each(DATABASES)('incidents of rules that are edited, on %s', (kind) => {
  const clock = new MovingClock();
  let stand: AlertStand;
  let rules: FakePeer;

  beforeAll(async () => {
    stand = await AlertStand.start(kind, {}, clock);
    rules = await fakePeer({ natsUrl: stand.nats.url, service: 'rules' });
  }, 120_000);
  afterAll(async () => {
    await rules?.close();
    await stand?.stop();
  }, 60_000);

  const tell = async (...alerts: Parameters<typeof alert>[0][]): Promise<void> => {
    await stand.deliver(message(...alerts.map((shape) => alert(shape))));
    await stand.settled();
  };
  const publish = (number: number, rule_id = RULE, duration?: string): Promise<unknown> =>
    rules.publish(rulePublished, {
      rule_id,
      duration,
      version: number,
      name: 'HighCPU',
      cluster_id: stand.first.id,
      published_at: clock.at(),
    });
  const noted = (id: string, kind_: string): Promise<IncidentDetail> =>
    pollUntil(
      async () => {
        const incident = await stand.get<IncidentDetail>(`/incidents/${id}`);
        return incident.timeline.some(({ kind: moment }) => moment === kind_) ? incident : null;
      },
      { what: `the moment ${kind_}` },
    );

  it('keep their id when a label is added or the alert renamed: nothing is resolved or opened in between', async () => {
    const began = clock.at(-3_600_000);
    await tell({ startsAt: began, annotations: version(1) });
    const [before] = await stand.incidents();
    expect(before).toMatchObject({ rule_id: RULE, rule_version: 1 });
    clock.advance(3_600_000);
    await publish(1);
    await publish(2);
    await noted(before!.id, 'rule_changed');

    // Prometheus forgets the alert of the old version, which ends, before the new one has been pending long enough.
    await tell({ startsAt: began, annotations: version(1), status: 'resolved', endsAt: clock.at() });
    clock.advance(120_000);
    await tell({ startsAt: clock.at(), annotations: version(2), labels: { alertname: 'CPUHigh', team: 'web' } });
    const incidents = await stand.incidents();
    expect(incidents).toMatchObject([
      { id: before!.id, status: 'open', alert_count: 2, firing_count: 1, rule_version: 2 },
    ]);
    const moments = incidents[0]!.timeline.map(({ kind: moment }) => moment);
    expect(moments).not.toContain('resolved');
    expect(moments.filter((moment) => moment === 'opened')).toHaveLength(1);
  });

  it('wait as long as the new version must hold before it fires: a `for` of half an hour is no end', async () => {
    const rule = '01900000-0000-7000-8000-0000000000bb';
    const slow = (number: number) => ({ alertagent_rule_id: rule, alertagent_rule_version: String(number) });
    const labels = { alertname: 'SlowLeak', service: 'leak' };
    const ofLeak = async () => (await stand.incidents()).filter(({ rule_id }) => rule_id === rule);
    const began = clock.at(-3_600_000);
    await tell({ labels, startsAt: began, annotations: slow(1) });
    const id = (await ofLeak())[0]!.id;
    await publish(2, rule, '30m');
    await noted(id, 'rule_changed');
    await tell({ labels, startsAt: began, annotations: slow(1), status: 'resolved', endsAt: clock.at() });

    clock.advance(35 * 60_000);
    await stand.service.get(SettleSweeper).sweep();
    expect(await ofLeak()).toMatchObject([{ id, status: 'open', firing_count: 0 }]);
    await tell({ labels: { ...labels, team: 'web' }, startsAt: clock.at(), annotations: slow(2) });
    expect(await ofLeak()).toMatchObject([{ id, status: 'open', alert_count: 2, firing_count: 1, rule_version: 2 }]);
  });

  it('say that their rule was withdrawn', async () => {
    const incident = (await stand.incidents()).find(({ rule_id }) => rule_id === RULE);
    await rules.publish(ruleWithdrawn, {
      rule_id: RULE,
      version: 3,
      name: 'HighCPU',
      cluster_id: stand.first.id,
      deleted: true,
      withdrawn_at: clock.at(),
    });
    const { timeline } = await noted(incident!.id, 'rule_withdrawn');
    expect(timeline.at(-1)!.why).toContain('deleted');
  });

  it('are what the rules service is told of: when they came last, and who is told of such alerts', async () => {
    const ofRule = (await stand.incidents()).filter(({ rule_id }) => rule_id === RULE);
    const newest = ofRule
      .map(({ last_alert_at }) => last_alert_at)
      .sort()
      .at(-1);
    const ofRules: RuleLabels[] = [
      { rule_id: RULE, labels: { alertname: 'HighCPU', severity: 'critical' } },
      { rule_id: 'another', labels: { alertname: 'Other' } },
    ];
    expect(await rules.request(getRuleFacts, { rules: ofRules })).toMatchObject({
      policy_version: expect.any(Number),
      teams_named: 0,
      rules: [
        { rule_id: RULE, teams: [], last_fired: [{ cluster_id: stand.first.id, at: newest }] },
        { rule_id: 'another', teams: [], last_fired: [] },
      ],
    });

    await changePolicy(stand, (policy) => ({
      ...policy,
      routing: { ...policy.routing, routes: [{ name: 'dba', match: ['severity="critical"'], team: 'dba' }] },
    }));
    expect(await rules.request(getRuleFacts, { rules: ofRules })).toMatchObject({
      teams_named: 1,
      rules: [{ teams: ['dba'] }, { teams: [] }],
    });
  });
});

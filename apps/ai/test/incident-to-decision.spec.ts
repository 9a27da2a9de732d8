import { decide } from '@alertagent/alerting';
import { getRule, incidentOpened, incidentResolved, listAnalyses, startAnalysis } from '@alertagent/contracts';
import { pollUntil } from '@alertagent/local-stack';
import { assertNoDrift } from '@alertagent/service-kit';
import { answers, fakePeer } from '@alertagent/service-kit/testing';
import { DataSource } from 'typeorm';
import { policyOf } from '../src/decisions/decision';
import { decisionEntity } from '../src/decisions/decision.entity';
import { alert, incident, OPERATOR, Stand } from './stand';

describe.each(['sqlite', 'mariadb'] as const)('an incident without n8n and Dify, on %s', (database) => {
  let stand: Stand;

  beforeAll(async () => {
    stand = await Stand.start(database);
    await stand.startReplica();
  }, 120_000);

  afterAll(() => stand.stop());

  const dataSource = (): DataSource => stand.replicas[0]!.get(DataSource);

  it('has tables that are exactly those of the migrations', async () => {
    await expect(assertNoDrift(dataSource())).resolves.toBeUndefined();
  });

  it('is analysed and decided on, and the other services hear of both', async () => {
    const { incident_id, alert: opening } = await stand.open();
    const view = await stand.over(incident_id);
    expect(view).toMatchObject({
      status: 'completed',
      engine: 'built-in',
      workflow: 'alert-analysis',
      alert_id: opening.id,
      error: null,
    });
    expect(view.result).toMatchObject({ analyst: 'built-in', root_cause: expect.any(String) });
    expect(view.decision).toMatchObject({
      incident_id,
      analysis_id: view.analysis_id,
      policy_version: expect.stringMatching(/^thresholds-/),
    });
    const { completed, decisions } = await stand.announced(incident_id);
    expect(completed.map(({ analysis }) => analysis)).toEqual([view]);
    expect(decisions.map(({ decision }) => decision)).toEqual([view.decision]);
  });

  it('is analysed once although it is told twice, and twice under different message ids', async () => {
    const event = incident({}, stand.clock.now());
    const messageId = await stand.gateway.publish(incidentOpened, event);
    await stand.gateway.publish(incidentOpened, event, messageId);
    await stand.gateway.publish(incidentOpened, event);
    await stand.gateway.publish(incidentOpened, event);
    const { incident_id: marker } = await stand.open();
    await stand.over(marker);
    expect(await stand.ofIncident(event.incident_id)).toHaveLength(1);
    expect(await dataSource().manager.countBy(decisionEntity, { incidentId: event.incident_id })).toBe(1);
    expect((await stand.announced(event.incident_id)).decisions).toHaveLength(1);
  });

  it('has a decision that can be made again from what was stored with it', async () => {
    const { incident_id } = await stand.open({
      severity: 'critical',
      labels: { alertname: 'Down', severity: 'critical' },
    });
    const { decision } = await stand.over(incident_id);
    const stored = await dataSource().manager.findOneByOrFail(decisionEntity, { id: decision?.id });
    const { action, reason, priority, escalation_required, target_team, policy_version } = decision!;
    expect(decide(stored.inputs, policyOf(stored))).toEqual({
      action,
      reason,
      priority,
      escalation_required,
      target_team,
      policy_version,
    });
  });

  it('calls people when the decision asks for it, in the same breath', async () => {
    const { incident_id, alert: opening } = await stand.open({
      severity: 'critical',
      labels: { alertname: 'Down', severity: 'critical' },
    });
    const { decision } = await stand.over(incident_id);
    expect(decision).toMatchObject({ action: 'immediate_escalation', escalation_required: true });
    const escalations = await stand.escalations(incident_id);
    expect(escalations).toEqual([
      expect.objectContaining({
        alert_id: opening.id,
        requested_by: 'decision',
        escalation_type: 'immediate_escalation',
        priority: 'critical',
      }),
    ]);
    expect((await stand.announced(incident_id)).escalations.map(({ escalation }) => escalation)).toEqual(escalations);
  });

  it('is compared with earlier incidents, resolved before or after they were heard to open', async () => {
    const labels = { alertname: 'DiskFull', severity: 'warning', service: 'store' };
    const earlier = incident({ name: 'DiskFull', labels }, stand.clock.now());
    const resolved = {
      ...earlier,
      status: 'resolved' as const,
      resolved_at: new Date(stand.clock.now().getTime() + 600_000).toISOString(),
    };
    await stand.gateway.publish(incidentResolved, resolved);
    await stand.gateway.publish(incidentOpened, earlier);
    await stand.over(earlier.incident_id);
    const { incident_id } = await stand.open({ name: 'DiskFull', labels });
    const { result } = await stand.over(incident_id);
    expect(result?.similar_incidents).toContainEqual(expect.objectContaining({ incident_id: earlier.incident_id }));
  });

  it('is analysed the same when the rules service does not answer', async () => {
    const annotations = { alertagent_rule_id: '01930000-0000-7000-8000-000000000001' };
    const { incident_id } = await stand.open({ annotations });
    expect(await stand.over(incident_id)).toMatchObject({ status: 'completed' });
  });

  it('is analysed with the rule that raised it when it is one of ours', async () => {
    const asked: string[] = [];
    const rules = await fakePeer({
      natsUrl: stand.natsUrl,
      service: 'rules',
      answers: [
        answers(getRule, ({ id }) => {
          asked.push(id);
          return {
            id,
            name: 'HighErrorRate',
            group: 'alertagent',
            expression: 'rate(errors_total[5m]) > 1',
            labels: {},
            annotations: {},
            targets: ['production'],
            version: 3,
            created_at: '2030-01-01T00:00:00.000Z',
            updated_at: '2030-01-01T00:00:00.000Z',
          };
        }),
      ],
    });
    const id = '01930000-0000-7000-8000-000000000002';
    const { incident_id } = await stand.open({ annotations: { alertagent_rule_id: id } });
    expect(await stand.over(incident_id)).toMatchObject({ status: 'completed' });
    expect(asked).toEqual([id]);
    await rules.close();
  });

  it('may be analysed again by hand as often as people like, each answered at once', async () => {
    const { incident_id, alert: opening } = await stand.open();
    await stand.over(incident_id);
    const wish = { alert: opening, incident_id, cluster_id: 'c', cluster_name: 'production', actor: OPERATOR };
    for (let time = 0; time < 2; time++) {
      const started = await stand.gateway.request(startAnalysis, wish);
      expect(started).toMatchObject({ status: 'pending', incident_id, estimated_completion: expect.any(String) });
      await pollUntil(async () => (await stand.get(started.analysis_id)).status === 'completed', { what: 'its end' });
    }
    expect(await stand.ofIncident(incident_id)).toHaveLength(3);
  });

  it('need not exist: an alert alone can be analysed too', async () => {
    const started = await stand.gateway.request(startAnalysis, {
      alert: alert(),
      cluster_id: 'c',
      cluster_name: 'production',
      actor: OPERATOR,
    });
    const over = await pollUntil(
      async () => {
        const view = await stand.get(started.analysis_id);
        return view.completed_at ? view : null;
      },
      { what: 'its end' },
    );
    expect(over).toMatchObject({ status: 'completed', incident_id: null, decision: { incident_id: '' } });
  });

  it('appears in a list that can be paged through without gap or repetition', async () => {
    const all = (await stand.gateway.request(listAnalyses, { limit: 500 })).items.map(({ analysis_id }) => analysis_id);
    const paged: string[] = [];
    let cursor: string | null | undefined = undefined;
    do {
      const page: Awaited<
        ReturnType<
          typeof stand.gateway.request<object, { items: { analysis_id: string }[]; next_cursor?: string | null }>
        >
      > = await stand.gateway.request(listAnalyses, { limit: 2, cursor });
      paged.push(...page.items.map(({ analysis_id }) => analysis_id));
      cursor = page.next_cursor;
    } while (cursor);
    expect(paged).toEqual(all);
    await expect(stand.gateway.request(listAnalyses, { cursor: "' OR 1=1" })).rejects.toMatchObject({
      code: 'invalid',
    });
    await expect(stand.get('nobody')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('counts in the metrics by what asked for the analysis', async () => {
    expect(await stand.metric('alertagent_ai_analysis_total{type="automatic",status="completed"}')).toBeGreaterThan(0);
    expect(await stand.metric('alertagent_ai_analysis_total{type="requested",status="completed"}')).toBe(3);
    expect(await stand.metric('alertagent_ai_analysis_duration_seconds_count{type="requested"}')).toBe(3);
  });
});

import {
  decideAction,
  getCalibration,
  giveSuggestionFeedback,
  listActions,
  listAutonomy,
  listDecisionPolicies,
  listSuggestions,
  replayDecisions,
  setDecisionPolicy,
  setKillSwitch,
  tryDecisionPolicy,
  type DecisionPolicyInput,
  type IncidentEvent,
  type SuggestionView,
} from '@alertagent/contracts';
import { defaultThresholds } from '@alertagent/alerting';
import { newId } from '@alertagent/service-kit';
import { DataSource } from 'typeorm';
import { suggestionEntity } from '../src/suggestions/suggestion.entity';
import { APPROVER, Automation, startActionTarget, type ActionTarget } from './automation-stand';
import { Stand } from './stand';
import { startDifyStub, type DifyStub } from '@alertagent/stubs';

const RULE = 'HighErrorRate';

/** An analysis that suggests an action of the catalogue and is sure of itself. */
const answer = (changes: object = {}): string =>
  JSON.stringify({
    root_cause: 'The cache is stale',
    severity_score: 0.1,
    confidence: 0.95,
    suggested_actions: ['Ask somebody', 'clear_cache', 'rm -rf /'],
    ...changes,
  });

describe.each(['sqlite', 'mariadb'] as const)('autonomy, on %s', (database) => {
  let stand: Stand;
  let actions: Automation;
  let dify: DifyStub;
  let target: ActionTarget;

  beforeAll(async () => {
    stand = await Stand.start(database);
    actions = new Automation(stand);
    dify = await startDifyStub({ app: 'workflow' });
    target = await startActionTarget();
  }, 120_000);

  afterAll(async () => {
    await stand.stop();
    await dify.close();
    await target.close();
  });

  beforeEach(() => {
    dify.answerText = answer();
    dify.mode = 'ok';
  });

  afterEach(async () => {
    await manager().clear(suggestionEntity);
    await stand.stopReplicas();
  });

  const manager = () => stand.replicas[0]!.get(DataSource).manager;
  const start = async (mode: 'shadow' | 'ask' | 'auto', changes: object = {}): Promise<void> => {
    const clearCache = {
      id: 'clear_cache',
      description: 'Clears a cache.',
      executor: 'http',
      address: `${target.url}/clear`,
      parameters: [],
      needs_service: true,
      clusters: ['*'],
      namespaces: ['*'],
      post_check: 'alert_cleared',
      post_check_within: 60_000,
      can_undo: false,
      max_per_hour: 1_000,
      max_concurrent: 1_000,
      max_targets_per_hour: 1_000,
      timeout: 10_000,
      allows_autonomy: true,
      is_idempotent: false,
      ...changes,
    };
    await stand.startReplica({
      dify: { endpoint: dify.url, api_key: dify.key },
      ai: { automation: { mode, catalogue: [clearCache] as never } },
    });
  };
  /** A record of so many outcomes, as a year of work would leave it. */
  const remember = async (count: number, wasRight: boolean, confidence = 0.9): Promise<void> => {
    for (let index = 0; index < count; index++) {
      stand.clock.advance(1);
      await manager().insert(suggestionEntity, {
        id: newId(),
        analysisId: newId(),
        incidentId: null,
        alertId: 'a',
        rule: RULE,
        actionType: 'clear_cache',
        target: null,
        parameters: null,
        confidence,
        outlook: 'asked',
        closedGates: [],
        reason: 'remembered',
        actionId: null,
        wasRight,
        shownBy: 'post_check',
        shownAt: stand.clock.now(),
        createdAt: stand.clock.now(),
      });
    }
  };
  const analysed = async (): Promise<{ incident: IncidentEvent; suggestion: SuggestionView }> => {
    const incident = await stand.open();
    await stand.over(incident.incident_id);
    const { items } = await stand.gateway.request(listSuggestions, { incident_id: incident.incident_id });
    expect(items).toHaveLength(1);
    return { incident, suggestion: items[0]! };
  };
  const actionsOf = async ({ incident_id }: IncidentEvent) =>
    (await stand.gateway.request(listActions, { incident_id })).items;

  it('in shadow mode decides, does nothing, and shows what would have happened', async () => {
    await start('shadow');
    const asked = await analysed();
    expect(asked.suggestion).toMatchObject({
      rule: RULE,
      action_type: 'clear_cache',
      target: { cluster: 'production', namespace: null, service: 'web' },
      confidence: 0.95,
      outlook: 'would_ask',
      closed_gates: ['approval'],
      action_id: null,
    });
    await remember(30, true);
    const alone = await analysed();
    expect(alone.suggestion).toMatchObject({ outlook: 'would_run', closed_gates: [] });
    dify.answerText = answer({ severity_score: 0.6 });
    expect((await analysed()).suggestion).toMatchObject({ outlook: 'for_people' });
    dify.answerText = answer({ suggested_actions: ['scale_service'] });
    expect((await analysed()).suggestion).toMatchObject({
      outlook: 'not_runnable',
      reason: expect.stringContaining('/parameters/replicas') as string,
    });
    expect((await stand.gateway.request(listActions, {})).items).toEqual([]);
    expect(target.effects).toEqual([]);
  });

  it('asks people while it is not earned, however sure the model is, and learns from what they say', async () => {
    await start('ask');
    dify.answerText = answer({ confidence: 1, severity_score: 0 });
    const { incident, suggestion } = await analysed();
    expect(suggestion.outlook).toBe('asked');
    const [action] = await actionsOf(incident);
    expect(action).toMatchObject({
      id: suggestion.action_id,
      execution_status: 'pending_approval',
      origin: 'suggestion',
    });
    await stand.gateway.request(decideAction, { id: action!.id, verdict: 'reject', actor: APPROVER });
    const { items } = await stand.gateway.request(listAutonomy, {});
    expect(items).toMatchObject([{ rule: RULE, action_type: 'clear_cache', outcomes: 1, failures: 1, earned: false }]);
    expect(target.effects).toEqual([]);
  });

  it('runs without a person once the operator, the catalogue and the record allow it, and is lost again', async () => {
    await start('auto');
    await remember(30, true);
    const { items } = await stand.gateway.request(listAutonomy, {});
    expect(items).toMatchObject([{ earned: true, autonomous: true, missing: null, outcomes: 30 }]);
    const first = await analysed();
    expect(first.suggestion.outlook).toBe('ran');
    const [action] = await actionsOf(first.incident);
    await actions.reached(action!.id, 'succeeded');
    await actions.resolve(first.incident);
    await stand.passTimeUntil('the check', async () => (await actions.get(action!.id)).execution_status === 'checked');
    expect(await actions.get(action!.id)).toMatchObject({ origin: 'autonomy', approved_by: null, dry_run: false });

    // It stops working: nothing resolves any more.
    let failures = 0;
    for (let outlook = 'ran'; outlook === 'ran' && failures < 6;) {
      const next = await analysed();
      outlook = next.suggestion.outlook;
      if (outlook !== 'ran') break;
      failures += 1;
      const [ran] = await actionsOf(next.incident);
      await actions.reached(ran!.id, 'succeeded');
      stand.clock.advance(61_000);
      await actions.reached(ran!.id, 'check_failed');
    }
    expect(failures).toBeGreaterThan(0);
    expect(failures).toBeLessThanOrEqual(5);
    expect((await stand.gateway.request(listAutonomy, {})).items).toMatchObject([{ earned: false, autonomous: false }]);
  });

  it.each<[string, object, () => Promise<unknown>]>([
    ['the catalogue does not allow it', { allows_autonomy: false }, async () => undefined],
    ['the kill switch is on', {}, () => stand.gateway.request(setKillSwitch, { engaged: true, actor: APPROVER })],
  ])('asks people although it is earned when %s', async (_why, changes, prepare) => {
    await start('auto', changes);
    await remember(40, true);
    await prepare();
    const { incident, suggestion } = await analysed();
    expect(suggestion.outlook).toBe('asked');
    expect(await actionsOf(incident)).toMatchObject([{ execution_status: 'pending_approval' }]);
    await stand.gateway.request(setKillSwitch, { engaged: false, actor: APPROVER });
  });

  it('learns from feedback, which a check outweighs, and shows how far confidence can be believed', async () => {
    await start('shadow');
    const { suggestion } = await analysed();
    const said = await stand.gateway.request(giveSuggestionFeedback, {
      id: suggestion.id,
      verdict: 'corrected',
      actor: APPROVER,
    });
    expect(said).toMatchObject({ was_right: false, shown_by: 'feedback' });
    await remember(1, true);
    const { items } = await stand.gateway.request(listSuggestions, { outlook: 'asked' });
    await expect(
      stand.gateway.request(giveSuggestionFeedback, { id: items[0]!.id, verdict: 'corrected', actor: APPROVER }),
    ).rejects.toMatchObject({ code: 'conflict' });
    const calibration = await stand.gateway.request(getCalibration, {});
    expect(calibration).toMatchObject({
      outcomes: 2,
      warm_up: 200,
      stated: { count: 2, expected_error: expect.closeTo(0.425, 6) as number },
      recalibrated: { count: 0, expected_error: null },
    });
  });

  it('keeps policies in versions, tries them on the past, and makes every decision again', async () => {
    await start('shadow');
    const first = await analysed();
    const policy: DecisionPolicyInput = {
      thresholds: { ...defaultThresholds },
      rules: [
        {
          name: 'production is for people',
          when: "labels.environment == 'production'",
          action: 'manual_review',
          priority: 'high',
          escalation_required: false,
          target_team: 'sre',
        },
      ],
    };
    const trial = await stand.gateway.request(tryDecisionPolicy, { ...policy, last: 1 });
    expect(trial).toMatchObject({
      decisions: 1,
      changed: 1,
      before: { auto_resolve: 1 },
      after: { manual_review: 1 },
      examples: [{ decision: { incident_id: first.incident.incident_id }, would_be: 'manual_review' }],
    });
    await expect(
      stand.gateway.request(setDecisionPolicy, {
        ...policy,
        rules: [{ ...policy.rules[0]!, when: 'labels.environment ==' }],
        actor: APPROVER,
      }),
    ).rejects.toMatchObject({ code: 'invalid', errors: [{ pointer: '/rules/0/when', code: 'bad_condition' }] });
    const stored = await stand.gateway.request(setDecisionPolicy, { ...policy, actor: APPROVER });
    const incident = await stand.open();
    expect((await stand.over(incident.incident_id)).decision).toMatchObject({
      action: 'manual_review',
      target_team: 'sre',
      policy_version: stored.version,
    });
    const { items } = await stand.gateway.request(listDecisionPolicies, {});
    expect(items.map(({ id, current }) => [id, current])).toEqual([
      [stored.id, true],
      ['', false],
    ]);
    const replay = await stand.gateway.request(replayDecisions, {});
    expect(replay.replayed).toBeGreaterThan(1);
    expect(replay).toMatchObject({ identical: replay.replayed, different: [] });
  });
});

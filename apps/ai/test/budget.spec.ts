import {
  cancelAnalysis,
  getModelBudget,
  type AlertSnapshot,
  type AnalysisView,
  type BudgetView,
} from '@alertagent/contracts';
import { pollUntil } from '@alertagent/local-stack';
import { startDifyStub, startOpenAiStub, type DifyApp, type DifyStub, type OpenAiStub } from '@alertagent/stubs';
import { ModelBudget, type Allowance, type CallWish } from '../src/budget/model-budget';
import { OPERATOR, Stand } from './stand';

const DAY_MS = 24 * 3_600_000;

describe.each(['sqlite', 'mariadb'] as const)('the budget of models, on %s', (database) => {
  let stand: Stand;
  let dify: DifyStub;
  let openai: OpenAiStub;

  beforeAll(async () => {
    stand = await Stand.start(database);
  }, 120_000);
  afterAll(() => stand.stop());

  beforeEach(async () => {
    // What an earlier test spent is of another day.
    stand.clock.advance(DAY_MS);
    openai = await startOpenAiStub();
    openai.answerText =
      '{"root_cause": "The disk is full", "severity_score": 0.6, "confidence": 0.8, "suggested_actions": []}';
  });
  afterEach(async () => {
    await stand.stopReplicas();
    await openai.close();
    await dify?.close();
  });

  const withOpenAi = (budget: object = {}, changes: object = {}) =>
    stand.startReplica({
      openai: { endpoint: openai.base, api_key: openai.key!, model: 'm', timeout: 30_000, ...changes },
      ai: { budget },
    });
  const withDify = async (app: DifyApp, budget: object = {}) => {
    dify = await startDifyStub({ app });
    const mode = app === 'workflow' || app === 'completion' ? app : 'chat';
    const settings = { endpoint: dify.url, api_key: dify.key, mode, timeout: 30_000 } as const;
    return stand.startReplica({ dify: settings, ai: { budget } });
  };
  const analysed = async (changes: Partial<AlertSnapshot> = {}): Promise<AnalysisView> =>
    stand.over((await stand.open(changes)).incident_id);
  const today = (): Promise<BudgetView> => stand.gateway.request(getModelBudget, {});
  const wish = (changes: Partial<CallWish> = {}): CallWish => ({
    analysisId: '01930000-0000-7000-8000-000000000001',
    incidentId: null,
    isP1: false,
    provider: 'openai',
    app: 'm',
    price: { input: 0, output: 0 },
    inputTokens: 100,
    timeoutMs: 60_000,
    ...changes,
  });
  const allowed = (allowances: readonly Allowance[]) => allowances.filter((allowance) => 'call' in allowance).length;

  it('counts what the server reports, at the price that is configured, and the analysis shows it', async () => {
    await withOpenAi({}, { price_input: 2, price_output: 10 });
    const view = await analysed();
    expect(view.usage).toMatchObject({ calls: 1, input_tokens: 100, output_tokens: 50, cost: 0.7, estimated: false });
    const { completed } = await stand.announced(view.incident_id!);
    expect(completed[0]!.analysis.usage).toEqual(view.usage);
    expect(await today()).toMatchObject({
      tokens: { spent: 150, reserved: 0, limit: 5_000_000, kept_for_p1: 500_000, left: 4_499_850 },
      cost: { spent: 0.7, limit: null, left: null },
      providers: [{ provider: 'dify' }, { provider: 'openai', usage: { calls: 1, cost: 0.7 } }],
      refused: 0,
    });
    expect(await stand.metric('alertagent_ai_model_tokens_total{provider="openai",direction="input"}')).toBe(100);
  });

  it.each<DifyApp>(['workflow', 'chat', 'advanced-chat', 'completion'])(
    'counts what Dify reports of a %s app, its price included',
    async (app) => {
      await withDify(app);
      expect((await analysed()).usage).toMatchObject({
        calls: 1,
        input_tokens: 1_000,
        output_tokens: 200,
        cost: 0.003,
        estimated: false,
      });
    },
  );

  it('estimates where the server reports nothing, and says so', async () => {
    openai.usage = null;
    await withOpenAi();
    const { usage } = await analysed();
    expect(usage).toMatchObject({ calls: 1, estimated: true });
    expect(usage!.input_tokens).toBeGreaterThan(300);
    expect(usage!.output_tokens).toBeGreaterThan(20);
  });

  it('counts nothing for a question that nobody took', async () => {
    openai.mode = '500';
    await withOpenAi();
    expect((await analysed()).usage).toMatchObject({ calls: 1, input_tokens: 0, output_tokens: 0, estimated: false });
  });

  it('is kept: at the limit no model is asked, and the built-in analyst says why', async () => {
    await withOpenAi({ day: { tokens: 6_000 }, p1_reserve: 0 });
    openai.usage = { prompt_tokens: 5_000, completion_tokens: 100, total_tokens: 5_100 };
    expect((await analysed()).result).toMatchObject({ analyst: 'openai' });
    const view = await analysed();
    expect(view).toMatchObject({
      status: 'completed',
      usage: null,
      result: {
        analyst: 'built-in',
        analyst_reason: expect.stringMatching(
          /^budget of the day is spent \(5100 tokens of 6000 tokens used/,
        ) as string,
      },
    });
    expect(openai.calls).toHaveLength(1);
    expect(await today()).toMatchObject({ tokens: { spent: 5_100, left: 900 }, refused: 1 });
    expect(await stand.metric('alertagent_ai_model_budget_refusals_total{provider="openai",budget="day"}')).toBe(1);
    stand.clock.advance(DAY_MS);
    expect((await analysed()).result).toMatchObject({ analyst: 'openai' });
    expect(await today()).toMatchObject({ tokens: { spent: 5_100 } });
  });

  it('lets incidents of priority P1 use what is kept for them', async () => {
    await withOpenAi({ day: { tokens: 20_000 }, p1_reserve: 0.5 });
    openai.usage = { prompt_tokens: 9_000, completion_tokens: 500, total_tokens: 9_500 };
    await analysed();
    expect((await analysed({ severity: 'warning' })).result).toMatchObject({
      analyst: 'built-in',
      analyst_reason: expect.stringContaining('10000 tokens of it kept for P1') as string,
    });
    expect((await analysed({ severity: 'critical' })).result).toMatchObject({ analyst: 'openai' });
  });

  it('is limited in money and time too, and per incident', async () => {
    const replica = await withOpenAi({
      day: { cost: 1, time: 300_000 },
      incident: { tokens: 3_000 },
      p1_reserve: 0,
      answer_tokens: 1_000,
    });
    const budget = replica.get(ModelBudget);
    const refusalOf = async (changes: Partial<CallWish>) => {
      const allowance = await budget.reserve(wish(changes));
      return 'refusal' in allowance ? allowance.refusal : null;
    };
    expect(await refusalOf({ incidentId: 'a', inputTokens: 1_500 })).toBeNull();
    expect(await refusalOf({ incidentId: 'a', inputTokens: 1_500 })).toMatch(/^budget of the incident is spent/);
    expect(await refusalOf({ incidentId: 'b', price: { input: 0, output: 0.9 } })).toBeNull();
    expect(await refusalOf({ incidentId: 'c', price: { input: 0, output: 0.2 } })).toMatch(
      /day is spent \(cost 0.9 of/,
    );
    // What costs nothing may go on when the money is spent.
    expect(await refusalOf({ incidentId: 'd' })).toBeNull();
    expect(await refusalOf({ incidentId: 'e', timeoutMs: 121_000 })).toMatch(/day is spent \(180 s of 300 s/);
  });

  it('stops what is priced afterwards once the money is spent', async () => {
    await withDify('workflow', { day: { cost: 0.004 }, p1_reserve: 0 });
    dify.usage = { prompt_tokens: 10, completion_tokens: 10, total_price: '0.005' };
    expect((await analysed()).result).toMatchObject({ analyst: 'dify' });
    expect((await analysed()).result).toMatchObject({ analyst: 'built-in' });
  });

  it('is never overdrawn by two instances that ask at the same time', async () => {
    const settings = { day: { tokens: 10_000 }, answer_tokens: 900, p1_reserve: 0 };
    const replicas = [await withOpenAi(settings), await withOpenAi(settings)];
    const allowances = await Promise.all(
      Array.from({ length: 30 }, (_, at) => replicas[at % 2]!.get(ModelBudget).reserve(wish())),
    );
    expect(allowed(allowances)).toBe(10);
    expect(await today()).toMatchObject({ tokens: { reserved: 10_000, left: 0 }, refused: 20 });
  });

  it('counts what a process set aside that died, until its call must have been over', async () => {
    const settings = { day: { tokens: 2_000 }, answer_tokens: 1_900, p1_reserve: 0 };
    const dying = await withOpenAi(settings);
    expect(allowed([await dying.get(ModelBudget).reserve(wish())])).toBe(1);
    await stand.stopReplicas();
    const next = (await withOpenAi(settings)).get(ModelBudget);
    stand.clock.advance(89_000);
    expect(allowed([await next.reserve(wish())])).toBe(0);
    stand.clock.advance(2_000);
    expect(allowed([await next.reserve(wish())])).toBe(1);
  });

  it('counts an answer that comes later than that, and each only once', async () => {
    const budget = (await withOpenAi()).get(ModelBudget);
    const allowance = await budget.reserve(wish());
    if (!('call' in allowance)) throw new Error('refused');
    stand.clock.advance(600_000);
    const usage = { inputTokens: 7, outputTokens: 3, costMicros: 0, isEstimated: false };
    const ending = { outcome: 'answered' as const, reason: null, usage, ms: 5, messageId: null };
    await budget.settle(allowance.call, ending);
    await budget.settle(allowance.call, { ...ending, usage: { ...usage, inputTokens: 900 } });
    expect(await today()).toMatchObject({ tokens: { spent: 10, reserved: 0 }, time_ms: { spent: 5 } });
  });

  describe('when an analysis is cancelled', () => {
    const cancelOn = async (incidentId: string): Promise<AnalysisView> => {
      const [{ analysis_id }] = (await stand.ofIncident(incidentId)) as [AnalysisView];
      return stand.gateway.request(cancelAnalysis, { analysis_id, actor: OPERATOR });
    };
    const settled = (incidentId: string): Promise<AnalysisView> =>
      stand.analysis(incidentId, 'the call to be settled', ({ usage }) => (usage?.ms ?? 30_000) < 30_000);

    it.each<DifyApp>(['workflow', 'chat', 'completion'])('stops the call of a %s app', async (app) => {
      await withDify(app);
      dify.mode = 'slow';
      const { incident_id } = await stand.open();
      await pollUntil(() => dify.questions.length === 1, { what: 'the question' });
      expect(await cancelOn(incident_id)).toMatchObject({ status: 'cancelled' });
      await pollUntil(() => dify.stopped.length === 1, { what: 'the call to be stopped' });
      const view = await settled(incident_id);
      expect(view).toMatchObject({ status: 'cancelled', result: null, usage: { calls: 1, estimated: true } });
      expect(await stand.metric('alertagent_ai_model_calls_total{provider="dify",outcome="cut"}')).toBe(1);
    });

    it("cuts the call of a server with OpenAI's API", async () => {
      await withOpenAi();
      openai.mode = 'slow';
      const { incident_id } = await stand.open();
      await pollUntil(() => openai.calls.length === 1, { what: 'the question' });
      await cancelOn(incident_id);
      await pollUntil(() => openai.leftAlone === 1, { what: 'the call to be cut' });
      expect(await settled(incident_id)).toMatchObject({ status: 'cancelled', usage: { estimated: true } });
    });
  });
});

import { AlertAgentConfig, createLogger } from '@alertagent/service-kit';
import { startDifyStub, startOpenAiStub, type DifyStub, type OpenAiMode, type OpenAiStub } from '@alertagent/stubs';
import { Catalogue } from '../automation/catalogue';
import type { ModelBudget } from '../budget/model-budget';
import { DifyClient } from './dify-client';
import type { Evidence } from './evidence';
import { Models } from './models';
import { OpenAiClient } from './openai-client';
import type { RunningCalls } from './running-calls';

const evidence = {
  subject: {
    incidentId: null,
    clusterId: 'c',
    clusterName: 'production',
    context: null,
    alert: {
      id: 'a',
      name: 'DiskFull',
      status: 'firing',
      labels: { token: 'hunter2-hunter2' },
      annotations: {},
      starts_at: '2030-01-01T00:00:00.000Z',
    },
  },
  similar: [],
  rule: null,
  knowledge: [],
} as unknown as Evidence;

const ANSWER = { root_cause: 'The disk is full', severity_score: 0.7, confidence: 0.8, suggested_actions: ['grow it'] };

/** A budget that is never spent, and analyses that nobody cancels: those have specs of their own. */
const PURSE = { reserve: async () => ({ call: {} }), settle: async () => undefined } as unknown as ModelBudget;
const RUNNING = {
  whileWanted: (_id: string, call: (signal: AbortSignal) => Promise<unknown>) => call(new AbortController().signal),
} as unknown as RunningCalls;
const clients = (config: AlertAgentConfig) => ({
  dify: new DifyClient(
    config,
    createLogger({ service: 'ai', config: config.logging, destination: { write: () => undefined } }),
  ),
  openai: new OpenAiClient(config),
});

describe('models that analyse', () => {
  let openai: OpenAiStub;
  let dify: DifyStub | undefined;
  const models: Models[] = [];
  beforeEach(async () => {
    openai = await startOpenAiStub();
    openai.answerText = JSON.stringify(ANSWER);
  });
  afterEach(async () => {
    for (const one of models.splice(0)) await one.close();
    await openai.close();
    await dify?.close();
    dify = undefined;
  });

  function start({ key = 'sk-stub' as string | null, withDify = false, withOpenAi = true } = {}): Models {
    const config = new AlertAgentConfig();
    if (withOpenAi)
      Object.assign(config.openai, { endpoint: openai.base, api_key: key ?? undefined, model: 'llama-local' });
    if (withDify && dify) Object.assign(config.dify, { endpoint: dify.url, api_key: dify.key, mode: 'workflow' });
    const { dify: difyClient, openai: openAiClient } = clients(config);
    const made = new Models(difyClient, openAiClient, new Catalogue(config), PURSE, RUNNING);
    models.push(made);
    return made;
  }

  it('are asked over the API that OpenAI and servers for local models have, without secrets', async () => {
    expect(await start().ask(evidence, [])).toMatchObject({
      status: 'completed',
      result: { ...ANSWER, analyst: 'openai' },
    });
    const [call] = openai.calls;
    expect(call!.body).toMatchObject({
      model: 'llama-local',
      messages: [{ role: 'user' }],
      response_format: { type: 'json_object' },
      stream: false,
    });
    expect(JSON.stringify(call!.body)).toContain('DiskFull');
    expect(JSON.stringify(call!.body)).not.toContain('hunter2');
  });

  it('need no key where the server wants none', async () => {
    await openai.close();
    openai = await startOpenAiStub({ key: null });
    openai.answerText = JSON.stringify(ANSWER);
    expect(await start({ key: null }).ask(evidence, [])).toMatchObject({ status: 'completed' });
    expect(openai.calls[0]!.headers['authorization']).toBeUndefined();
  });

  it('are asked without the wish for JSON once they have said that they do not know it', async () => {
    openai.mode = 'no-json-mode';
    const asked = start();
    expect(await asked.ask(evidence, [])).toMatchObject({ status: 'completed' });
    expect(await asked.ask(evidence, [])).toMatchObject({ status: 'completed' });
    const wishes = openai.calls.map(({ body }) => 'response_format' in (body as object));
    expect(wishes).toEqual([true, false, false]);
  });

  it.each<[OpenAiMode, RegExp]>([
    ['refusal', /refused: I cannot help/],
    ['cut-off', /cut off/],
    ['filtered', /filter/],
    ['empty', /empty answer/],
    ['no-choice', /without a choice/],
    ['garbage', /not JSON/],
    ['500', /answered 500 \(The server had an error\)/],
    ['overloaded', /answered 429 \(Rate limit reached\)/],
  ])('fail with a reason when they do this: %s', async (mode, error) => {
    openai.mode = mode;
    expect(await start().ask(evidence, [])).toMatchObject({
      status: 'failed',
      error: expect.stringMatching(error) as unknown,
    });
    expect(openai.calls).toHaveLength(1);
  });

  it('are left alone for a while after five failures in a row', async () => {
    openai.mode = '500';
    const asked = start();
    for (let failure = 0; failure < 5; failure += 1) await asked.ask(evidence, []);
    expect(await asked.ask(evidence, [])).toMatchObject({ error: expect.stringContaining('left alone') as unknown });
    expect(openai.calls).toHaveLength(5);
  });

  it('stand in for Dify when that gives no usable answer, and both reasons are told when neither does', async () => {
    dify = await startDifyStub({ app: 'workflow' });
    const both = start({ withDify: true });
    expect(await both.ask(evidence, [])).toMatchObject({ status: 'completed', result: { analyst: 'dify' } });
    expect(openai.calls).toHaveLength(0);
    dify.mode = 'garbage';
    expect(await both.ask(evidence, [])).toMatchObject({ status: 'completed', result: { analyst: 'openai' } });
    openai.mode = 'refusal';
    expect(await both.ask(evidence, [])).toMatchObject({
      status: 'failed',
      error: expect.stringMatching(/^Dify's answer is no analysis.*; the model refused/) as unknown,
    });
  });

  it('are none when none is configured', () => {
    expect(start({ withOpenAi: false }).areConfigured).toBe(false);
    expect(start().areConfigured).toBe(true);
  });
});

import { startDifyStub, type DifyApp, type DifyMode, type DifyStub } from './index';

/** What Dify's service API documents, and its code does. */
describe('the Dify stub, like Dify,', () => {
  const open: DifyStub[] = [];

  afterEach(async () => {
    for (const stub of open.splice(0)) await stub.close();
  });

  async function stubOf(app: DifyApp, mode: DifyMode = 'ok'): Promise<DifyStub> {
    const stub = await startDifyStub({ app });
    open.push(stub);
    stub.mode = mode;
    return stub;
  }

  const ask = (stub: DifyStub, path: string, body: object, key = stub.key): Promise<Response> =>
    fetch(`${stub.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ inputs: {}, user: 'alertagent', ...body }),
      redirect: 'manual',
    });

  const streamed = { query: 'why?', response_mode: 'streaming' };
  const eventsOf = (text: string): string[] =>
    [...text.matchAll(/^data: (.*)$/gm)].map(([, json]) => (JSON.parse(json ?? '') as { event: string }).event);

  it('answers 401 for a wrong key', async () => {
    const answer = await ask(await stubOf('chat'), '/v1/chat-messages', streamed, 'app-wrong');
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ code: 'unauthorized', status: 401 });
  });

  it.each([
    ['chat', '/v1/workflows/run', 'not_workflow_app'],
    ['workflow', '/v1/chat-messages', 'not_chat_app'],
  ] as const)('refuses to let a %s app answer at %s', async (app, path, code) => {
    const answer = await ask(await stubOf(app), path, streamed);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code });
  });

  it('takes an omitted response mode for blocking, which agents refuse', async () => {
    const answer = await ask(await stubOf('agent-chat'), '/v1/chat-messages', { query: 'why?' });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      code: 'invalid_param',
      message: 'Agent Chat App does not support blocking mode',
    });
  });

  it('refuses inputs that are not text, missing users and conversation ids that are no UUIDs', async () => {
    const stub = await stubOf('chat');
    for (const wrong of [
      { inputs: { alert_data: {} } },
      { user: undefined },
      { conversation_id: 'conv-123' },
      { inputs: undefined },
    ]) {
      const answer = await ask(stub, '/v1/chat-messages', { ...streamed, ...wrong });
      expect({ wrong, status: answer.status }).toEqual({ wrong, status: 400 });
      expect(await answer.json()).toMatchObject({ code: 'invalid_param' });
    }
  });

  it.each([
    ['chat', 'message', 'message_end'],
    ['agent-chat', 'agent_message', 'message_end'],
    ['agent', 'agent_message', 'message_end'],
    ['advanced-chat', 'message', 'workflow_finished'],
  ] as const)('streams the events of a %s app, with keep-alives', async (app, piece, last) => {
    const text = await (await ask(await stubOf(app), '/v1/chat-messages', streamed)).text();
    expect(text).toContain('event: ping\n\n');
    expect(eventsOf(text)).toContain(piece);
    expect(eventsOf(text)).toContain('message_end');
    expect(eventsOf(text).at(-1)).toBe(last);
  });

  it('reports an error in the middle of a stream with HTTP 200', async () => {
    const answer = await ask(await stubOf('chat', 'error-event'), '/v1/chat-messages', streamed);
    expect(answer.status).toBe(200);
    expect(eventsOf(await answer.text()).at(-1)).toBe('error');
  });

  it('can end a stream without its last event', async () => {
    const text = await (await ask(await stubOf('chat', 'cut'), '/v1/chat-messages', streamed)).text();
    expect(eventsOf(text)).not.toContain('message_end');
  });

  describe('tells of a run whose stream was cut', () => {
    const look = async (stub: DifyStub, id: string, key = stub.key) => {
      const answer = await fetch(`${stub.url}/v1/workflows/run/${id}`, { headers: { authorization: `Bearer ${key}` } });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    };

    /** What arrived of a stream that was cut after its second event. */
    async function cutOff(stub: DifyStub, isBroken = false): Promise<{ runId: string; taskId: string }> {
      stub.mode = 'cut';
      stub.eventsUntilCut = 2;
      stub.isCutBroken = isBroken;
      const reader = (await ask(stub, '/v1/workflows/run', streamed)).body!.pipeThrough(new TextDecoderStream());
      let text = '';
      const whole = (async () => {
        for await (const piece of reader) text += piece;
      })();
      await (isBroken ? expect(whole).rejects.toThrow() : whole);
      expect(eventsOf(text)).toEqual(['workflow_started']);
      const [, taskId] = /"task_id":"([^"]+)"/.exec(text)!;
      const [, runId] = /"workflow_run_id":"([^"]+)"/.exec(text)!;
      return { runId: runId!, taskId: taskId! };
    }

    it.each([false, true])('by its id, first that it goes on and then how it ended: broken %s', async (isBroken) => {
      const stub = await stubOf('workflow');
      stub.runs.looksUntilEnd = 2;
      const { runId } = await cutOff(stub, isBroken);
      const going = { id: runId, status: 'running', outputs: {}, error: null, total_tokens: 0, finished_at: null };
      expect(await look(stub, runId)).toMatchObject({ status: 200, body: going });
      expect((await look(stub, runId)).body['status']).toBe('running');
      expect((await look(stub, runId)).body).toMatchObject({
        id: runId,
        workflow_id: expect.any(String),
        status: 'succeeded',
        inputs: expect.any(String),
        outputs: { text: stub.answerText },
        error: null,
        total_tokens: 1_200,
        total_steps: 3,
        finished_at: expect.any(Number),
      });
    });

    it.each(['failed', 'stopped', 'paused'] as const)('also when it has %s', async (end) => {
      const stub = await stubOf('workflow');
      stub.runs.end = end;
      const { runId } = await cutOff(stub);
      const error = end === 'failed' ? 'node LLM failed' : null;
      expect((await look(stub, runId)).body).toMatchObject({ status: end, outputs: null, error });
    });

    it('until it is stopped', async () => {
      const stub = await stubOf('workflow');
      stub.runs.looksUntilEnd = Infinity;
      const { runId, taskId } = await cutOff(stub);
      await ask(stub, `/v1/workflows/tasks/${taskId}/stop`, {});
      expect((await look(stub, runId)).body['status']).toBe('stopped');
    });

    it('only to who has the key, only of its own runs, and not of a chat', async () => {
      const stub = await stubOf('workflow');
      const { runId } = await cutOff(stub);
      expect((await look(stub, runId, 'app-wrong')).status).toBe(401);
      expect(await look(stub, 'f0000000-0000-4000-8000-000000000000')).toMatchObject({
        status: 404,
        body: { code: 'not_found' },
      });
      expect(await look(await stubOf('chat'), runId)).toMatchObject({
        status: 400,
        body: { code: 'not_workflow_app' },
      });
    });

    it('unless it is in trouble', async () => {
      const stub = await stubOf('workflow');
      const { runId } = await cutOff(stub);
      stub.runs.troubles.push(429, 503);
      expect(await look(stub, runId)).toMatchObject({ status: 429, body: { code: 'too_many_requests' } });
      expect((await look(stub, runId)).status).toBe(503);
      expect((await look(stub, runId)).status).toBe(200);
    });
  });

  it('answers a failed run with HTTP 200 and a status inside', async () => {
    const answer = await ask(await stubOf('workflow', 'failed-run'), '/v1/workflows/run', {
      response_mode: 'blocking',
    });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ data: { status: 'failed', outputs: null } });
  });

  it('answers a run with its outputs', async () => {
    const answer = await ask(await stubOf('workflow'), '/v1/workflows/run', { response_mode: 'blocking' });
    expect(await answer.json()).toMatchObject({
      workflow_run_id: expect.any(String),
      data: { status: 'succeeded', outputs: { text: expect.any(String) } },
    });
  });

  it.each(['workflow', 'chat'] as const)('reports what a %s call took, in its last events', async (app) => {
    const path = app === 'workflow' ? '/v1/workflows/run' : '/v1/chat-messages';
    const text = await (await ask(await stubOf(app), path, streamed)).text();
    expect(text).toContain(
      '"prompt_tokens":1000,"completion_tokens":200,"total_tokens":1200,"total_price":"0.0030000"',
    );
    if (app === 'workflow') expect(text).toMatch(/"workflow_finished".*"total_tokens":1200/);
  });

  it.each([
    ['workflow', '/v1/workflows/run', '/v1/workflows/tasks', 'workflow_finished'],
    ['chat', '/v1/chat-messages', '/v1/chat-messages', 'message_end'],
    ['completion', '/v1/completion-messages', '/v1/completion-messages', 'message_end'],
  ] as const)('ends a %s call that is stopped by the task that its first event names', async (app, path, at, last) => {
    const stub = await stubOf(app, 'slow');
    const reader = (await ask(stub, path, streamed)).body!.pipeThrough(new TextDecoderStream()).getReader();
    const first = String((await reader.read()).value);
    const taskId = /"task_id":"([^"]+)"/.exec(first)![1]!;
    expect((await ask(stub, `${at}/${taskId}/stop`, { user: undefined })).status).toBe(400);
    const answer = await ask(stub, `${at}/${taskId}/stop`, {});
    expect([answer.status, await answer.json()]).toEqual([200, { result: 'success' }]);
    expect(eventsOf(String((await reader.read()).value)).at(-1)).toBe(last);
    expect(stub.stopped).toEqual([taskId]);
  });

  it('takes what somebody thinks of a message, and takes it back', async () => {
    const stub = await stubOf('chat');
    const text = await (await ask(stub, '/v1/chat-messages', streamed)).text();
    const messageId = /"message_id":"([^"]+)"/.exec(text)![1]!;
    const rate = (rating: unknown, id = messageId): Promise<Response> =>
      ask(stub, `/v1/messages/${id}/feedbacks`, { rating, content: 'no' });
    expect((await rate('like')).status).toBe(200);
    expect((await rate(null)).status).toBe(200);
    expect(stub.feedback.get(messageId)).toEqual({ rating: null, content: 'no' });
    expect((await rate('up')).status).toBe(400);
    expect((await rate('like', 'another')).status).toBe(404);
  });

  it.each(['workflow', 'agent'] as const)('has no message of a %s app that could be rated', async (app) => {
    const stub = await stubOf(app);
    const path = app === 'workflow' ? '/v1/workflows/run' : '/v1/chat-messages';
    const text = await (await ask(stub, path, streamed)).text();
    const id = /"message_id":"([^"]+)"/.exec(text)?.[1] ?? 'none';
    expect((await ask(stub, `/v1/messages/${id}/feedbacks`, { rating: 'like' })).status).toBe(404);
  });

  it('keeps a dataset under a key of its own: documents are created, found, updated, indexed and deleted', async () => {
    const { url, key, dataset } = await stubOf('chat');
    const call = async (method: string, path: string, body?: object, bearer = dataset.key) => {
      const answer = await fetch(`${url}/v1/datasets/${dataset.id}${path}`, {
        method,
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      const text = await answer.text();
      return { status: answer.status, body: (text === '' ? null : JSON.parse(text)) as Record<string, unknown> | null };
    };
    expect((await call('GET', '/documents', undefined, key)).status).toBe(401);
    expect((await call('POST', '/document/create-by-text', { name: 'a', text: 'b' })).status).toBe(400);
    const created = await call('POST', '/document/create-by-text', {
      name: 'Runbook [7]',
      text: 'b',
      indexing_technique: 'high_quality',
    });
    const { document, batch } = created.body as { document: { id: string; indexing_status: string }; batch: string };
    expect(document.indexing_status).toBe('waiting');
    expect((await call('GET', '/documents?keyword=%5B7%5D')).body).toMatchObject({
      data: [{ id: document.id }],
      total: 1,
    });
    expect((await call('GET', '/documents?keyword=other')).body).toMatchObject({ data: [] });
    const early = await call('POST', `/documents/${document.id}/update-by-text`, { text: 'c' });
    expect(early.body).toMatchObject({ message: 'Document is not available', status: 400 });
    dataset.documents.get(document.id)!.indexing_status = 'completed';
    const updated = await call('POST', `/documents/${document.id}/update-by-text`, { name: 'Runbook [7]', text: 'c' });
    expect((updated.body as { batch: string }).batch).not.toBe(batch);
    expect((await call('GET', `/documents/${batch}/indexing-status`)).status).toBe(404);
    const status = await call('GET', `/documents/${String(updated.body!['batch'])}/indexing-status`);
    expect(status.body).toMatchObject({ data: [{ id: document.id, indexing_status: 'waiting' }] });
    dataset.documents.get(document.id)!.indexing_status = 'indexing';
    expect((await call('DELETE', `/documents/${document.id}`)).body).toMatchObject({ code: 'document_indexing' });
    dataset.documents.get(document.id)!.indexing_status = 'completed';
    expect((await call('DELETE', `/documents/${document.id}`)).status).toBe(204);
    expect((await call('POST', `/documents/${document.id}/update-by-text`, { text: 'd' })).status).toBe(404);
  });

  it('tells what kind of app it is', async () => {
    const stub = await stubOf('agent');
    const answer = await fetch(`${stub.url}/v1/info`, { headers: { authorization: `Bearer ${stub.key}` } });
    expect(await answer.json()).toMatchObject({ mode: 'agent' });
  });
});

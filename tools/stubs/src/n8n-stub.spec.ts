import { startN8nStub, type N8nStub } from './index';

/** What a real n8n 2.41.1 was seen to do with production webhooks. */
describe('the n8n stub, like n8n,', () => {
  let stub: N8nStub;

  beforeEach(async () => {
    stub = await startN8nStub({ workflows: ['alert-analysis'], auth: { name: 'X-AlertAgent-Key', value: 'right' } });
  });

  afterEach(() => stub.close());

  const call = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${stub.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-alertagent-key': 'right', 'idempotency-key': 'k' },
      body: '{}',
      redirect: 'manual',
      ...init,
    });

  it('says that a published workflow was started, and keeps the idempotency key it was sent', async () => {
    const answer = await call('/webhook/alert-analysis');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ message: 'Workflow was started' });
    expect(stub.keys).toEqual(['k']);
  });

  it('answers 404 with a hint for a path that is not registered', async () => {
    const answer = await call('/webhook/unknown');
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({
      message: expect.stringContaining('not registered'),
      hint: expect.any(String),
    });
  });

  it('answers 404 for the wrong method', async () => {
    const answer = await call('/webhook/alert-analysis', { method: 'GET', body: undefined });
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain('Did you mean to make a POST request?');
  });

  it('answers 403 in plain words for wrong header authentication', async () => {
    const answer = await call('/webhook/alert-analysis', { headers: { 'content-type': 'application/json' } });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toBe('Authorization data is wrong!');
  });

  it('answers 422 for a body that is not JSON', async () => {
    expect((await call('/webhook/alert-analysis', { body: '{' })).status).toBe(422);
  });

  it('answers 500 when the workflow fails before it responds', async () => {
    stub.mode = '500';
    const answer = await call('/webhook/alert-analysis');
    expect(answer.status).toBe(500);
    expect(await answer.json()).toEqual({ message: 'Error in workflow' });
  });

  it('can be slow, reset, redirect, and answer garbage or too much', async () => {
    stub.mode = 'slow';
    stub.slowMs = 1;
    expect((await call('/webhook/alert-analysis')).status).toBe(200);
    stub.mode = 'redirect';
    expect((await call('/webhook/alert-analysis')).status).toBe(302);
    stub.mode = 'garbage';
    expect(await (await call('/webhook/alert-analysis')).text()).toContain('<html>');
    stub.mode = 'huge';
    expect((await (await call('/webhook/alert-analysis')).text()).length).toBeGreaterThan(9_000_000);
    stub.mode = 'reset';
    await expect(call('/webhook/alert-analysis')).rejects.toThrow();
  });

  it('is healthy without authentication', async () => {
    expect((await fetch(`${stub.url}/healthz`)).status).toBe(200);
  });
});

import { assertNoDrift } from '@alertagent/service-kit';
import { startService, type TestService } from '@alertagent/service-kit/testing';
import { sharedStack } from '@alertagent/local-stack';
import { DataSource } from 'typeorm';
import { gatewayService } from '../src/service';

const ADMIN = 'aat_admin_for-this-test-0123456789';

describe('the REST interface of the gateway', () => {
  const stack = sharedStack();
  let gateway: TestService;

  beforeAll(async () => {
    const nats = await stack.startTestNats();
    gateway = await startService(gatewayService, {
      natsUrl: nats.url,
      config: { security: { admin_token: ADMIN } },
    });
  });
  afterAll(async () => {
    await gateway.close();
    await stack.close();
  });

  async function post(
    body: string,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }> {
    const response = await fetch(`${gateway.httpUrl}/api/v1/tokens`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json', ...headers },
      body,
    });
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as Record<string, unknown>,
    };
  }

  const countTokens = async (): Promise<number> => {
    const response = await fetch(`${gateway.httpUrl}/api/v1/tokens?limit=500`, {
      headers: { authorization: `Bearer ${ADMIN}` },
    });
    return ((await response.json()) as { items: unknown[] }).items.length;
  };

  it('issues one token however often the request is repeated under its Idempotency-Key, and shows it again', async () => {
    const before = await countTokens();
    const key = { 'idempotency-key': 'one-token' };
    const first = await post('{"name":"once","role":"viewer"}', key);
    const again = await post('{"name":"once","role":"viewer"}', key);
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect((await post('{"name":"other","role":"admin"}', key)).status).toBe(422);
    expect(await countTokens()).toBe(before + 1);
  });

  it('keeps no token in clear to be able to show it again', async () => {
    const { body } = await post('{"name":"sealed","role":"viewer"}', { 'idempotency-key': 'sealed' });
    const rows: unknown = await gateway.get(DataSource).query('SELECT answer FROM gateway_idempotency_keys');
    expect(JSON.stringify(rows)).not.toContain(String(body['token']));
  });

  it.each([
    ['a name given twice', '{"name":"a","role":"viewer","role":"admin"}', '/role'],
    ['a control character', '{"name":"a\\u0007","role":"viewer"}', '/name'],
    ['a day that does not exist', '{"name":"a","role":"viewer","expires_at":"2099-02-30T00:00:00Z"}', '/expires_at'],
  ])('refuses %s and points to it, and issues nothing', async (_what, body, pointer) => {
    const before = await countTokens();
    const answer = await post(body);
    expect(answer.status).toBe(400);
    expect(answer.body['errors']).toEqual([expect.objectContaining({ pointer })]);
    expect(await countTokens()).toBe(before);
  });

  it('has no drift between entities and migrations', async () => {
    await assertNoDrift(gateway.get(DataSource));
  });
});

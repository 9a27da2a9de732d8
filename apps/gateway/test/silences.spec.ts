import {
  createSilence,
  listSilences,
  ServiceError,
  type CreateSilence,
  type ListSilences,
} from '@alertagent/contracts';
import { pollUntil, sharedStack } from '@alertagent/local-stack';
import { answers, fakePeer, startService, type FakePeer, type TestService } from '@alertagent/service-kit/testing';
import { gatewayService } from '../src/service';

const ADMIN = 'aat_admin_for-this-test-0123456789';
const INPUT = { matchers: [{ name: 'a', value: 'b' }], ends_at: '2030-01-31T00:00:00Z', comment: 'mending' };

describe('silences over REST', () => {
  const stack = sharedStack();
  const asked: CreateSilence[] = [];
  const listed: ListSilences[] = [];
  let isOut = false;
  let clusters: FakePeer;
  let gateway: TestService;
  let viewer: string;

  beforeAll(async () => {
    const nats = await stack.startTestNats();
    clusters = await fakePeer({
      natsUrl: nats.url,
      service: 'clusters',
      answers: [
        answers(createSilence, (query) => {
          asked.push(query);
          if (isOut) throw new ServiceError('unavailable', 'no Alertmanager of the cluster answered');
          return { cluster_id: 'c', id: 's', changed: true, meshes: [], unanswered: [] };
        }),
        answers(listSilences, (query) => {
          listed.push(query);
          return { items: [], next_cursor: null, unanswered: [] };
        }),
      ],
    });
    gateway = await startService(gatewayService, { natsUrl: nats.url, config: { security: { admin_token: ADMIN } } });
    const { body } = await call('POST', 'tokens', { body: { name: 'reader', role: 'viewer' } });
    viewer = body['token'] as string;
    await pollUntil(async () => (await call('GET', 'clusters/production/silences')).status === 200, {
      what: 'the bus is there',
      timeoutMs: 30_000,
    });
  }, 60_000);
  afterAll(async () => {
    await gateway?.close();
    await clusters?.close();
    await stack.close();
  });
  beforeEach(() => {
    asked.length = 0;
    isOut = false;
  });

  async function call(
    method: string,
    path: string,
    { body, key, token = ADMIN }: { body?: object; key?: string; token?: string } = {},
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const response = await fetch(`${gateway.httpUrl}/api/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...(key ? { 'idempotency-key': key } : {}),
      },
      body: body && JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }
  const create = (options: { body?: object; key?: string; token?: string } = {}) =>
    call('POST', 'clusters/production/silences', { body: INPUT, ...options });

  it('carry the caller and the key, so that a repetition after a failure is known as one', async () => {
    isOut = true;
    expect(await create({ key: 'same' })).toMatchObject({ status: 503 });
    isOut = false;
    expect(await create({ key: 'same' })).toMatchObject({ status: 201, body: { id: 's' } });
    // The third is answered from the second.
    expect(await create({ key: 'same' })).toMatchObject({ status: 201 });
    expect(asked.map(({ id, idempotency_key, actor }) => [id, idempotency_key, actor.kind])).toEqual([
      ['production', 'same', 'token'],
      ['production', 'same', 'token'],
    ]);
  });

  it('without a key are two', async () => {
    await create();
    await create();
    expect(new Set(asked.map(({ idempotency_key }) => idempotency_key)).size).toBe(2);
  });

  it('are read by viewers and written by operators', async () => {
    expect(await create({ token: viewer })).toMatchObject({ status: 403 });
    expect(asked).toEqual([]);
    expect(await call('GET', 'clusters/production/silences?state=active&limit=5', { token: viewer })).toMatchObject({
      status: 200,
    });
    expect(listed.at(-1)).toMatchObject({ id: 'production', state: 'active', limit: 5 });
  });

  it.each([
    [{ ...INPUT, matchers: [] }, '/matchers'],
    [{ ...INPUT, ends_at: '2030-02-30T00:00:00Z' }, '/ends_at'],
    [{ ...INPUT, comment: '' }, '/comment'],
    [{ ...INPUT, created_by: 'somebody else' }, '/created_by'],
    [{ ...INPUT, matchers: [{ name: 'a', value: 'b', is_regex: 'yes' }] }, '/matchers/0/is_regex'],
  ])('are refused with a pointer to the field: %j', async (body, pointer) => {
    const answer = await create({ body });
    expect(answer).toMatchObject({ status: expect.any(Number) as unknown, body: { errors: [{ pointer }] } });
    expect(answer.status).toBeLessThan(500);
    expect(asked).toEqual([]);
  });
});

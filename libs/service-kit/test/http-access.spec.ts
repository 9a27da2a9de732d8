import { listRevisions } from '@alertagent/contracts';
import { fakePeer } from '../src/testing';
import { send } from './raw-http';
import { PRINCIPALS } from './things-service';
import { bearer, expectProblem, ThingsStand } from './things-stand';

const stand = new ThingsStand();
beforeAll(() => stand.start());
afterAll(() => stand.close());

describe('access to a route', () => {
  it('is closed when the route has no rule: 401 without a token, 403 with any', async () => {
    expectProblem(await stand.get('/things/unmarked'), 401);
    for (const token of Object.keys(PRINCIPALS)) expectProblem(await stand.get('/things/unmarked', token), 403);
  });

  it('is open without a token only where the route says so', async () => {
    expect((await stand.get('/things/open')).json).toEqual({ open: true });
    for (const path of ['viewer', 'operator', 'admin', 'webhook', 'sync', 'escalate', 'fails', 'context', '']) {
      const answer = await stand.get(`/things/${path}`.replace(/\/$/, ''));
      expectProblem(answer, 401);
      expect(answer.headers['www-authenticate']).toBe('Bearer');
    }
  });

  it.each([
    ['viewer', ['viewer', 'operator', 'admin']],
    ['operator', ['operator', 'admin']],
    ['admin', ['admin']],
    ['webhook', ['webhook']],
    ['sync', ['sync']],
    ['escalate', ['escalate', 'operator', 'admin']],
  ])('to %s is for the tokens %j and no other', async (path, allowed) => {
    for (const token of Object.keys(PRINCIPALS)) {
      expect([token, (await stand.get(`/things/${path}`, token)).status]).toEqual([
        token,
        allowed.includes(token) ? 200 : 403,
      ]);
    }
  });

  it('follows the rule of the class unless the method has its own', async () => {
    const statuses = async (path: string): Promise<number[]> =>
      Promise.all(['viewer', 'admin'].map(async (token) => (await stand.get(path, token)).status));
    expect(await statuses('/vault')).toEqual([403, 200]);
    expect(await statuses('/vault/window')).toEqual([200, 200]);
  });

  it('tells the handler who calls', async () => {
    expect((await stand.get('/things/viewer', 'admin')).json).toEqual(PRINCIPALS['admin']);
  });

  it.each([
    ['no scheme', 'viewer'],
    ['another scheme', 'Basic viewer'],
    ['an empty token', 'Bearer '],
    ['an unknown token', 'Bearer nobody'],
    ['two tokens in one header', 'Bearer viewer, Bearer admin'],
    ['a token with blanks', 'Bearer vie wer'],
    ['a token of 10 KB', `Bearer ${'a'.repeat(10_000)}`],
    ['the name of an object property', 'Bearer constructor'],
  ])('is refused with %s', async (_what, authorization) => {
    expectProblem(await stand.get('/things/viewer', undefined, { authorization }), 401);
  });

  it.each([
    [['Bearer viewer', 'Bearer viewer']],
    [['Bearer viewer', 'Bearer admin']],
    [['Bearer nobody', 'Bearer viewer']],
  ])('is refused with two Authorization headers: %j', async (authorization) => {
    expectProblem(await send(`${stand.url}/things/viewer`, { headers: { Authorization: authorization } }), 401);
  });

  it('is not given by a token in the query or in another header', async () => {
    expectProblem(
      await stand.get('/things/viewer?token=viewer&access_token=viewer&authorization=Bearer%20viewer'),
      401,
    );
    expectProblem(
      await stand.get('/things/viewer', undefined, { 'x-authorization': 'Bearer viewer', cookie: 'token=viewer' }),
      401,
    );
  });

  it('answers 503 with Retry-After when the token cannot be checked', async () => {
    const answer = await stand.get('/things/viewer', 'undecided');
    expectProblem(answer, 503);
    expect(answer.headers['retry-after']).toBe('1');
  });

  it('is decided the same way for HEAD, and for other spellings of the path there is nothing', async () => {
    expect((await send(`${stand.url}/things/admin`, { method: 'HEAD', headers: bearer('viewer') })).status).toBe(403);
    for (const path of ['/things/admin/', '//things/admin', '/THINGS/admin']) {
      expectProblem(await stand.get(path, 'viewer'), 404);
    }
    expectProblem(await stand.get('/things/admin;x', 'viewer'), 405);
    expectProblem(await stand.get('/things/%61dmin', 'viewer'), 403);
  });

  it('guards HTTP only: requests of other services on the bus need no token', async () => {
    const gateway = await fakePeer({ natsUrl: stand.natsUrl, service: 'gateway' });
    expect((await gateway.request(listRevisions, { cluster_id: 'c1' })).items).toEqual([]);
    await gateway.close();
  });
});

import { pollUntil, sharedStack } from '@alertagent/local-stack';
import { DataSource } from 'typeorm';
import { Clock, idempotencyKeysEntity, idempotencyKeysMigration } from '../src';
import { assertNoDrift } from '../src/database/assert-no-drift';
import { openDatabase } from '../src/database/open-database';
import { send, type RawAnswer } from './raw-http';
import { bearer, expectProblem, ThingsStand } from './things-stand';
import { slowThings } from './things-service';

class SetClock extends Clock {
  ms = Date.parse('2026-11-22T10:00:00Z');
  now(): Date {
    return new Date(this.ms);
  }
}

const clock = new SetClock();
const stand = new ThingsStand();
beforeAll(() => stand.start(clock));
afterAll(() => stand.close());

const stack = sharedStack();
afterAll(() => stack.close());

describe.each(stack.testDatabaseUrls())('the table of idempotency keys on $name', (database) => {
  it('has no drift between entity and migration', async () => {
    const dataSource = await openDatabase({
      service: 'rules',
      entities: [idempotencyKeysEntity('rules')],
      migrations: [idempotencyKeysMigration('rules')],
      url: await database.url('keys'),
      runMigrations: true,
    });
    await assertNoDrift(dataSource);
    await dataSource.destroy();
  });
});

let keys = 0;
const newKey = (): string => `key-${(keys += 1)}`;

function post(key: string, body: object = { name: 'a' }, path = '/things', token = 'viewer'): Promise<RawAnswer> {
  return send(stand.url + path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { ...bearer(token), 'content-type': 'application/json', 'idempotency-key': key },
  });
}

describe('a POST with an Idempotency-Key', () => {
  it('is done once: a repeat gets the first answer again', async () => {
    const key = newKey();
    const first = await post(key);
    const again = await post(key);
    expect([first.status, again.status]).toEqual([201, 201]);
    // The correlation id in the body is that of the first request.
    expect(again.json).toEqual(first.json);
    expect([first.headers['idempotency-replayed'], again.headers['idempotency-replayed']]).toEqual([undefined, 'true']);
  });

  it('is refused with 422 when the key came with another body before', async () => {
    const key = newKey();
    await post(key);
    expectProblem(await post(key, { name: 'b' }), 422);
  });

  it('is another request under another key, for another caller or on another path', async () => {
    const key = newKey();
    const answers = [await post(key), await post(newKey()), await post(key, { name: 'a' }, '/things', 'operator')];
    expect(new Set(answers.map(({ json }) => json['correlation_id'])).size).toBe(3);
    expect((await post(key, { name: 'b' }, '/things/unlucky')).status).not.toBe(422);
  });

  it.each([
    ['empty', ''],
    ['of 256 characters', 'k'.repeat(256)],
    ['outside ASCII', 'schl\u00fcssel'],
  ])('is refused with 400 when the key is %s', async (_what, key) => {
    const answer = await post(key);
    expectProblem(answer, 400);
    expect(answer.json['errors']).toEqual([expect.objectContaining({ code: 'bad_idempotency_key' })]);
  });

  it('may have a key of 255 characters', async () => {
    expect((await post('k'.repeat(255))).status).toBe(201);
  });

  it('is refused with 409 while the first is under way, and done once', async () => {
    const key = newKey();
    const first = post(key, { name: 'slow' }, '/things/slow');
    await pollUntil(() => slowThings.begun === 1, { what: 'the first request to begin' });
    expectProblem(await post(key, { name: 'slow' }, '/things/slow'), 409);
    slowThings.finish();
    expect((await first).json).toEqual({ thing: { name: 'slow' } });
    expect((await post(key, { name: 'slow' }, '/things/slow')).headers['idempotency-replayed']).toBe('true');
    expect(slowThings.begun).toBe(1);
  });

  it('may be repeated under its key when it failed', async () => {
    slowThings.attempts = 0;
    const key = newKey();
    expectProblem(await post(key, {}, '/things/unlucky'), 503);
    expect((await post(key, {}, '/things/unlucky')).json).toEqual({ attempts: 2 });
  });

  it('is a new request after 24 hours', async () => {
    const key = newKey();
    const first = await post(key);
    clock.ms += 24 * 3_600_000 - 1;
    expect((await post(key)).json).toEqual(first.json);
    clock.ms += 1;
    const later = await post(key, { name: 'b' });
    expect([later.status, later.headers['idempotency-replayed']]).toEqual([201, undefined]);
  });

  it('may be taken up again when nobody has answered it for a minute', async () => {
    const key = newKey();
    await post(key);
    const database = stand.service.get(DataSource);
    await database.query('UPDATE config_idempotency_keys SET answer = NULL');
    expectProblem(await post(key), 409);
    clock.ms += 60_000;
    expect((await post(key)).status).toBe(201);
  });

  it('leaves its answer where only the same caller can read it', async () => {
    const key = newKey();
    await post(key, { name: 'shown-once' });
    const rows: unknown = await stand.service.get(DataSource).query('SELECT * FROM config_idempotency_keys');
    const stored = JSON.stringify(rows);
    expect(stored).not.toContain('shown-once');
    expect(stored).not.toContain(Buffer.from('shown-once').toString('base64').slice(0, 8));
    expect(stored).not.toContain(key);
  });

  it('changes nothing for those without one', async () => {
    const one = await stand.post('{"name":"a"}');
    const two = await stand.post('{"name":"a"}');
    expect(one.json['correlation_id']).not.toBe(two.json['correlation_id']);
  });
});

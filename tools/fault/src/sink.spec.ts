import { createHash } from 'node:crypto';
import { Sink } from './sink';

describe('the sink that stands for systems outside', () => {
  let sink: Sink;
  beforeEach(async () => {
    sink = await Sink.start();
  });
  afterEach(() => sink.stop());

  const post = (body: string, key?: string): Promise<Response> =>
    fetch(`${sink.url}/webhook/alert`, {
      method: 'POST',
      body,
      headers: key === undefined ? {} : { 'idempotency-key': key },
    });

  it('writes down what came: path, key, body and its hash', async () => {
    await post('one', 'k1');
    await post('one', 'k1');
    await post('two');
    expect(sink.requests).toMatchObject([
      {
        method: 'POST',
        path: '/webhook/alert',
        key: 'k1',
        body: 'one',
        bodyHash: createHash('sha256').update('one').digest('hex'),
      },
      { key: 'k1' },
      { key: null, body: 'two' },
    ]);
    expect([...sink.keys]).toEqual(['k1']);
  });

  it('answers as it is told: with any status, and differently each time', async () => {
    sink.answer = ({ body }) =>
      body === 'bad' ? { status: 503, headers: { 'retry-after': '3' } } : { body: '{"ok":true}' };
    const refused = await post('bad');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '3']);
    expect(await (await post('good')).json()).toEqual({ ok: true });
  });

  it('breaks the connection when it is told to, and has written the request down', async () => {
    sink.answer = () => ({ instead: 'reset' });
    await expect(post('lost')).rejects.toThrow();
    expect(sink.requests).toHaveLength(1);
  });

  it('hangs when it is told to, until it is stopped', async () => {
    sink.answer = () => ({ instead: 'hang' });
    const waiting = post('unanswered').then(
      () => 'answered',
      () => 'broken off',
    );
    while (sink.requests.length === 0) await new Promise(setImmediate);
    await sink.stop();
    expect(await waiting).toBe('broken off');
    sink = await Sink.start();
  });
});

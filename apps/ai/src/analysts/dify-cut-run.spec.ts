import { endOfCutRun, lookIn, type Look } from './dify-cut-run';
import { DifyError, DifyOutage } from './dify-error';

describe('a Dify run whose stream broke off', () => {
  const RUNNING = { status: 'running' };

  /** What `looks` sees one after the other, the last one again and again. */
  function looksAt(...seen: (Look | Error)[]): { look: () => Promise<Look>; count: () => number } {
    let count = 0;
    return {
      look: async () => {
        const one = seen[Math.min(count, seen.length - 1)]!;
        count += 1;
        if (one instanceof Error) throw one;
        return one;
      },
      count: () => count,
    };
  }
  const never = new AbortController().signal;

  const pauses: number[] = [];
  const pause = async (ms: number): Promise<void> => void pauses.push(ms);
  beforeEach(() => void pauses.splice(0));

  it.each<[string, Look]>([
    ['has succeeded', { status: 'succeeded', outputs: { text: 'x' } }],
    ['has failed', { status: 'failed', error: 'x' }],
    ['was stopped', { status: 'stopped' }],
    ['waits for a person', { status: 'paused' }],
    ['ended in a way that is not known', { status: 'other' }],
  ])('is looked at until it %s', async (_what, end) => {
    const { look, count } = looksAt(RUNNING, { status: 'scheduled' }, end);
    expect(await endOfCutRun(look, never, pause)).toBe(end);
    expect(count()).toBe(3);
  });

  it('is looked at again when Dify is in trouble, or has not written it down yet', async () => {
    const end = { status: 'succeeded' };
    const { look } = looksAt('missing', new DifyOutage('x'), 'missing', 'missing', RUNNING, end);
    expect(await endOfCutRun(look, never, pause)).toBe(end);
  });

  it('is looked at less and less often, and never before Dify wants it', async () => {
    const limited = new DifyOutage('Dify answered 429 (too_many_requests)');
    limited.retryAfterMs = 60_000;
    const { look } = looksAt(RUNNING, limited, ...Array.from({ length: 6 }, () => RUNNING), { status: 'succeeded' });
    await endOfCutRun(look, never, pause);
    expect(pauses).toEqual([250, 60_000, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000]);
  });

  it('is given up when Dify does not know it, look after look', async () => {
    const { look, count } = looksAt('missing');
    await expect(endOfCutRun(look, never, pause)).rejects.toThrow('does not know the run');
    expect(count()).toBe(3);
  });

  it('is given up when Dify refuses to tell', async () => {
    const { look, count } = looksAt(new DifyError('Dify answered 401 (unauthorized)'));
    await expect(endOfCutRun(look, never, pause)).rejects.toThrow('401');
    expect(count()).toBe(1);
  });

  it('is not looked at any more when nobody waits', async () => {
    const wanted = new AbortController();
    const { look, count } = looksAt(RUNNING);
    const end = endOfCutRun(
      async () => {
        if (count() === 2) wanted.abort();
        return look();
      },
      wanted.signal,
      pause,
    );
    await expect(end).rejects.toThrow(/abort/i);
    expect(count()).toBe(3);
  });

  it.each([
    ['an object', '{"status":"succeeded","outputs":{"text":"x"}}'],
    ['text', '{"status":"succeeded","outputs":"{\\"text\\":\\"x\\"}"}'],
  ])('is read with outputs that are %s', (_what, body) => {
    expect(lookIn(body)).toEqual({ status: 'succeeded', outputs: { text: 'x' } });
  });

  it('is missing when all that is told is null, as older versions answer', () => {
    expect(lookIn('{"id":null,"status":null,"outputs":null}')).toBe('missing');
  });

  it.each(['<html>', '[]', '{}', 'null', '{"status":"succeeded","outputs":"x"}'])(
    'is not read from anything else: %s',
    (body) => {
      expect(() => lookIn(body)).toThrow(DifyError);
    },
  );
});

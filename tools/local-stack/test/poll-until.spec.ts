import { pollUntil } from '../src/poll-until';

describe('pollUntil', () => {
  it('returns the first truthy value, and counts errors as not yet', async () => {
    const answers = [
      (): number => 0,
      (): never => {
        throw new Error('refused');
      },
      (): number => 7,
    ];
    expect(await pollUntil(() => answers.shift()?.(), { what: 'seven', intervalMs: 1 })).toBe(7);
  });

  it('says at the deadline what it waited for and what it saw last', async () => {
    const waiting = pollUntil(() => Promise.reject(new Error('port 1 refused')), {
      what: 'the server',
      timeoutMs: 5,
      intervalMs: 1,
    });
    await expect(waiting).rejects.toThrow(/the server.*port 1 refused/);
  });
});

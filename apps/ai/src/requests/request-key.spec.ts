import { requestKeys } from './request-key';

describe('the keys of a request', () => {
  const at = (seconds: number): Date => new Date(seconds * 1000);

  it('are shared by the same content across the turn of a minute', () => {
    const [stored] = requestKeys(['a'], at(59));
    expect(requestKeys(['a'], at(59.5))).toContain(stored);
    expect(requestKeys(['a'], at(61))).toContain(stored);
    expect(requestKeys(['a'], at(121))).not.toContain(stored);
  });

  it('differ for other content', () => {
    expect(requestKeys(['a'], at(0))[0]).not.toBe(requestKeys(['b'], at(0))[0]);
  });
});

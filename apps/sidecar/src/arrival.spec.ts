import { Arrival } from './arrival';
import { Backoff } from './backoff';
import type { BringUpOutcome } from './bring-up';
import type { ConfigContent, Target } from './target';

const LOADED: BringUpOutcome = { kind: 'loaded', proof: { loaded: true, detail: null, rules: [] }, since: null };
const REFUSED: BringUpOutcome = { kind: 'refused', reason: 'no' };
const OTHER: BringUpOutcome = { kind: 'unproven', reason: 'another rule set' };

describe('the verdict on a file that may still be on its way', () => {
  let time: number;
  const arrival = (windowMs = 60_000): Arrival =>
    new Arrival({ windowMs, pauses: new Backoff(1_000, 8_000, () => 1), now: () => time });
  beforeEach(() => (time = 1_000));

  /** A target that shows the new content already, or does not. */
  const showing = (loaded: boolean): Target =>
    ({ prove: () => Promise.resolve({ loaded, detail: null, rules: [] }) }) as unknown as Target;
  const content: ConfigContent = { bytes: Buffer.from(''), hash: '', rules: [] };

  it('is the first outcome, whatever it is, when the target sees what is written at once', () => {
    const immediate = arrival(0);
    immediate.handedOver('unknown');
    for (const outcome of [LOADED, REFUSED, OTHER]) expect(immediate.judge(outcome, false)).toBe(outcome);
    expect(immediate.dueAt).toBe(0);
  });

  it('waits while the target shows other rules, and believes it when that changes', async () => {
    const late = arrival();
    late.handedOver('proven');
    expect(late.judge(OTHER, false)).toMatchObject({
      kind: 'pending',
      reason: expect.stringContaining('on its way') as string,
    });
    await late.lookBefore(showing(false), content);
    expect(late.judge(LOADED, false)).toBe(LOADED);
  });

  it('learns nothing from a reload that hung', () => {
    const late = arrival();
    late.handedOver('proven');
    late.judge({ kind: 'unproven', reason: 'the reload was not answered' }, false);
    expect(late.judge(LOADED, false).kind).toBe('pending');
  });

  it('does not believe rules that the target showed before, until the time is up', async () => {
    const late = arrival();
    late.handedOver('proven');
    await late.lookBefore(showing(true), content);
    expect(late.judge(LOADED, false).kind).toBe('pending');
    expect(late.dueAt).toBe(61_000);
    time = 61_000;
    expect(late.judge(LOADED, false)).toBe(LOADED);
  });

  it('believes rules that a reload brought, and bytes always', async () => {
    const late = arrival();
    late.handedOver('proven');
    await late.lookBefore(showing(false), content);
    expect(late.judge(LOADED, false)).toBe(LOADED);

    const exact = arrival();
    exact.handedOver('unknown');
    expect(exact.judge(LOADED, true)).toBe(LOADED);
  });

  it('takes a refusal for a verdict only when the file before was proven to be good, or the time is up', () => {
    const proven = arrival();
    proven.handedOver('proven');
    expect(proven.judge(REFUSED, false)).toBe(REFUSED);

    const unknown = arrival();
    unknown.handedOver('unknown');
    expect(unknown.judge(REFUSED, false).kind).toBe('pending');
    time += 60_000;
    expect(unknown.judge(REFUSED, false)).toBe(REFUSED);
  });

  it('after a refused file waits out refusals and believes the first acceptance', () => {
    const restored = arrival();
    restored.handedOver('refused');
    expect(restored.judge(REFUSED, false).kind).toBe('pending');
    expect(restored.judge(LOADED, false)).toBe(LOADED);
  });

  it('reloads with growing pauses that start over with the next file', () => {
    const late = arrival();
    late.handedOver('unknown');
    const pauses = [1, 2, 3, 4, 5].map(() => {
      late.judge(OTHER, false);
      return late.dueAt - time;
    });
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 8_000]);
    late.handedOver('unknown');
    expect(late.dueAt).toBe(0);
    late.judge(OTHER, false);
    expect(late.dueAt - time).toBe(1_000);
  });
});

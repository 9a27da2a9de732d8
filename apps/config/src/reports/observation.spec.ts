import { observationOf } from './observation';

describe('the time of a report', () => {
  const now = new Date('2030-01-01T12:00:00.000Z');
  const at = (ms: number): string => new Date(now.getTime() + ms).toISOString();

  it('is now for a sidecar that does not tell when it observed', () => {
    expect(observationOf({}, now)).toEqual({ ageMs: 0, isPast: false });
    expect(observationOf({ sent_at: at(-60_000) }, now)).toEqual({ ageMs: 0, isPast: false });
  });

  it('is past once the report has waited longer than an attempt and its repetition take', () => {
    expect(observationOf({ observed_at: at(-10_000), sent_at: at(0) }, now)).toEqual({ ageMs: 10_000, isPast: false });
    expect(observationOf({ observed_at: at(-10_001), sent_at: at(0) }, now)).toEqual({ ageMs: 10_001, isPast: true });
  });

  it.each([-7_200_000, 7_200_000])('is the same when the clock of the sidecar is %d ms ahead', (ahead) => {
    const report = { observed_at: at(ahead - 60_000), sent_at: at(ahead) };
    expect(observationOf(report, now)).toEqual({ ageMs: 60_000, isPast: true });
    expect(observationOf({ ...report, observed_at: report.sent_at }, now)).toEqual({ ageMs: 0, isPast: false });
  });

  it('is past when the clock was set back meanwhile, or the time of sending is not told', () => {
    expect(observationOf({ observed_at: at(1), sent_at: at(0) }, now)).toEqual({ ageMs: 0, isPast: true });
    expect(observationOf({ observed_at: at(-5_000) }, now)).toEqual({ ageMs: 5_000, isPast: true });
  });
});

import { weekNamed } from './iso-week';
import { weeklyReport, type SuggestionFact, type WeekFacts } from './weekly-report';

const week = weekNamed('2026-W48')!;
const NOTHING: WeekFacts = {
  analyses: { completed: 0, failed: 0, cancelled: 0, claims_kept: 0, claims_struck: 0 },
  votes: { up: 0, down: 0 },
  suggestions: [],
  resolutions: [],
};
const suggestion = (changes: Partial<SuggestionFact>): SuggestionFact => ({
  rule: 'DiskFull',
  actionType: 'grow-volume',
  confidence: 0.9,
  wasRight: true,
  isDone: true,
  ...changes,
});

describe('the report of a week', () => {
  it('claims nothing about a week in which nothing happened', () => {
    const report = weeklyReport(week, NOTHING);
    expect(report).toMatchObject({
      week: '2026-W48',
      feedback: { share: null },
      calibration_error: null,
      median_resolution_minutes: null,
      by_rule: [],
    });
    expect(report.feedback.low).toBeLessThan(0.1);
    expect(report.feedback.high).toBeGreaterThan(0.9);
    expect(report.markdown).toContain('nobody has judged');
  });

  it('tells what was saved, missed and done wrongly apart', () => {
    const { suggestions } = weeklyReport(week, {
      ...NOTHING,
      suggestions: [
        suggestion({}),
        suggestion({ isDone: false }),
        suggestion({ isDone: false }),
        suggestion({ wasRight: false }),
        suggestion({ wasRight: false, isDone: false }),
        suggestion({ wasRight: null }),
      ],
    });
    expect(suggestions).toEqual({
      right_and_done: 1,
      wrong_and_done: 1,
      right_not_done: 2,
      wrong_not_done: 1,
      unknown: 1,
    });
  });

  it('is less sure of three outcomes than of three hundred with the same share', () => {
    const sure = (right: number, wrong: number) => {
      const { low, high } = weeklyReport(week, { ...NOTHING, votes: { up: right, down: wrong } }).feedback;
      return high - low;
    };
    expect(sure(2, 1)).toBeGreaterThan(4 * sure(200, 100));
  });

  it('measures stated confidence against what happened, by rule and action', () => {
    const suggestions = [
      ...Array.from({ length: 8 }, () => suggestion({})),
      ...Array.from({ length: 2 }, () => suggestion({ wasRight: false })),
      suggestion({ rule: 'a|b', confidence: null }),
    ];
    const report = weeklyReport(week, { ...NOTHING, suggestions, resolutions: [30, 10, 20, 100] });
    expect(report.calibration_error).toBeCloseTo(0.1);
    expect(report.by_rule.map(({ rule, record }) => [rule, record.right, record.wrong])).toEqual([
      ['DiskFull', 8, 2],
      ['a|b', 1, 0],
    ]);
    expect(report.median_resolution_minutes).toBe(25);
    expect(report.markdown).toContain('| DiskFull | grow-volume | 8 right, 2 wrong: 80 %');
    expect(report.markdown).toContain('| a b |');
  });
});

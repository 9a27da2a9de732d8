import fc from 'fast-check';
import { betaCdf, betaQuantile } from './beta-distribution';
import { calibrationCurve, recalibrated, WARM_UP, type Forecast } from './calibration';
import { judgeRecord, type AutonomyBar } from './earned-autonomy';

const bar: AutonomyBar = { lower_bound: 0.9, quantile: 0.05, min_outcomes: 20, window: 50, max_recent_failures: 2 };
const good = (count: number): boolean[] => Array.from({ length: count }, () => true);
const bad = (count: number): boolean[] => Array.from({ length: count }, () => false);

describe('the beta distribution', () => {
  it.each([1, 2, 5, 29, 100])('has the quantile p^(1/%d) where every outcome was good', (n) => {
    expect(betaQuantile(0.05, n, 1)).toBeCloseTo(0.05 ** (1 / n), 9);
  });

  it('agrees with the binomial distribution', () => {
    // P(Beta(3, 5) ≤ x) = P(Binomial(7, x) ≥ 3)
    const x = 0.37;
    const choose = [35, 35, 21, 7, 1];
    const expected = choose.reduce((sum, ways, index) => sum + ways * x ** (index + 3) * (1 - x) ** (4 - index), 0);
    expect(betaCdf(x, 3, 5)).toBeCloseTo(expected, 10);
  });

  it('is undone by its quantiles', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        fc.integer({ min: 1, max: 2_000 }),
        fc.integer({ min: 1, max: 2_000 }),
        (p, a, b) => expect(betaCdf(betaQuantile(p, a, b), a, b)).toBeCloseTo(p, 6),
      ),
    );
  });
});

describe('autonomy', () => {
  it('is earned by outcomes, not before there are enough of them', () => {
    expect(judgeRecord(good(19), bar)).toMatchObject({
      is_earned: false,
      missing: '19 of 20 outcomes that there must be',
    });
    // Twenty of twenty leave a lower bound of 0.867.
    expect(judgeRecord(good(20), bar)).toMatchObject({ is_earned: false, lower: expect.closeTo(0.867, 3) as number });
    expect(judgeRecord(good(28), bar).is_earned).toBe(true);
    expect(judgeRecord([], bar).is_earned).toBe(false);
  });

  it('is lost within 5 failures, however long and good the record, and whatever the bar', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5_000 }),
        fc.integer({ min: 1, max: 5_000 }),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        fc.integer({ min: 0, max: 4 }),
        (successes, window, lower_bound, max_recent_failures) => {
          const strict = { ...bar, window, lower_bound, max_recent_failures, min_outcomes: 20 };
          expect(judgeRecord([...bad(5), ...good(successes)], strict).is_earned).toBe(false);
        },
      ),
    );
  });

  it('is lost at the second failure with the bar as it comes', () => {
    expect(judgeRecord([...bad(1), ...good(50)], bar).is_earned).toBe(true);
    expect(judgeRecord([...bad(2), ...good(50)], bar).is_earned).toBe(false);
  });

  it('can be earned again, when the failures have left the window', () => {
    expect(judgeRecord([...good(50), ...bad(5)], bar).is_earned).toBe(true);
  });
});

describe('calibration', () => {
  /** A small generator: the same numbers on every machine. */
  function* randoms(seed: number): Generator<number, never> {
    for (let state = seed; ;) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      yield state / 2 ** 32;
    }
  }
  const models: [string, (confidence: number) => number][] = [
    ['too sure of itself', (confidence) => 0.2 + 0.4 * confidence],
    ['honest', (confidence) => confidence],
    ['too modest', (confidence) => 1 - (1 - confidence) ** 3],
    ['sure of everything and right half of the time', () => 0.5],
    ['right only when it is very sure', (confidence) => (confidence > 0.85 ? 0.95 : 0.1)],
    ['wrong the more it is sure', (confidence) => 1 - confidence],
  ];
  const historyOf = (truth: (confidence: number) => number, seed: number, length: number): Forecast[] => {
    const random = randoms(seed);
    return Array.from({ length }, () => {
      // Models like round numbers, and high ones.
      const confidence = Math.round((0.5 + 0.5 * random.next().value) * 20) / 20;
      return { confidence, outcome: random.next().value < truth(confidence) };
    });
  };

  it.each(models)('of a model that is %s is within 0.1 after 200 outcomes', (_kind, truth) => {
    for (let seed = 1; seed <= 5; seed++) {
      const history = historyOf(truth, seed, 1_000);
      const { count, expected_error } = calibrationCurve(recalibrated(history));
      expect(count).toBe(1_000 - WARM_UP);
      expect(expected_error).toBeLessThan(0.1);
    }
  });

  it('of the stated confidence shows who is too sure', () => {
    const { expected_error } = calibrationCurve(historyOf((confidence) => 0.2 + 0.4 * confidence, 3, 1_000));
    expect(expected_error).toBeGreaterThan(0.2);
  });

  it('judges no forecast by a fit that has seen how it ended', () => {
    const history = historyOf((confidence) => confidence, 5, 260);
    const turned = history.map((each, index) => (index < 240 ? each : { ...each, outcome: !each.outcome }));
    const forecasts = (list: Forecast[]): number[] =>
      recalibrated(list)
        .slice(0, 241 - WARM_UP)
        .map(({ confidence }) => confidence);
    expect(forecasts(turned)).toEqual(forecasts(history));
  });

  it('claims nothing before there are 200 outcomes', () => {
    expect(recalibrated(historyOf((confidence) => confidence, 1, 200))).toEqual([]);
    expect(calibrationCurve([]).expected_error).toBeNull();
  });
});

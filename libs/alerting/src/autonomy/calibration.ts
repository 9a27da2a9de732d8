import { fitRecalibration } from './recalibration';

/** What a model said about itself, and what came of it. */
export interface Forecast {
  /** Between 0 and 1. */
  confidence: number;
  /** Whether it turned out right. */
  outcome: boolean;
}

/** One bar of a reliability diagram. */
export interface CalibrationBin {
  from: number;
  to: number;
  count: number;
  /** Mean of what was forecast; null in an empty bin. */
  mean_forecast: number | null;
  /** Share that came true; null in an empty bin. */
  observed: number | null;
}

/** How well forecasts fit what happened. */
export interface CalibrationCurve {
  count: number;
  /** Expected calibration error: the mean distance between forecast and observed share, weighted by bin; null without forecasts. */
  expected_error: number | null;
  /** Brier score: the mean squared error; null without forecasts. */
  brier: number | null;
  bins: CalibrationBin[];
}

const BINS = 10;
/** Outcomes a recalibration is fitted on at least; before that nothing is claimed. */
export const WARM_UP = 200;
/** A fit is good until there are so many more outcomes, as a share of those that it was made from. */
const REFIT_GROWTH = 1.05;

/** The reliability diagram of forecasts, in ten bins of equal width. */
export function calibrationCurve(forecasts: readonly Forecast[]): CalibrationCurve {
  const bins: CalibrationBin[] = Array.from({ length: BINS }, (_, index) => {
    const inside = forecasts.filter(({ confidence }) => binOf(confidence) === index);
    return {
      from: index / BINS,
      to: (index + 1) / BINS,
      count: inside.length,
      mean_forecast: meanOf(inside.map(({ confidence }) => confidence)),
      observed: meanOf(inside.map(({ outcome }) => Number(outcome))),
    };
  });
  const gaps = bins.map(
    ({ count, mean_forecast, observed }) => count * Math.abs((mean_forecast ?? 0) - (observed ?? 0)),
  );
  const count = forecasts.length;
  return {
    count,
    expected_error: count === 0 ? null : gaps.reduce((sum, gap) => sum + gap, 0) / count,
    brier: meanOf(forecasts.map(({ confidence, outcome }) => (confidence - Number(outcome)) ** 2)),
    bins,
  };
}

/**
 * What recalibrated forecasts would have been, each from nothing but the outcomes before it: no forecast is judged by a fit that
 * has seen how it ended. `history` is oldest first; the first `WARM_UP` are only learnt from.
 */
export function recalibrated(history: readonly Forecast[]): Forecast[] {
  const forecasts: Forecast[] = [];
  let fit: ((confidence: number) => number) | null = null;
  let fittedOn = 0;
  history.forEach(({ confidence, outcome }, index) => {
    if (index < WARM_UP) return;
    if (fit === null || index >= fittedOn * REFIT_GROWTH) {
      fit = fitRecalibration(history.slice(0, index));
      fittedOn = index;
    }
    forecasts.push({ confidence: fit(confidence), outcome });
  });
  return forecasts;
}

const binOf = (confidence: number): number => Math.min(BINS - 1, Math.floor(confidence * BINS));

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** What a figure should be at most or at least: itself, or as a share of its limit. */
export interface Goal {
  /** `value`: the figure itself; `ratio`: the figure divided by its limit. */
  of: 'value' | 'ratio';
  direction: 'at least' | 'at most';
  bound: number;
}

/** One line of the report. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  /** What the same machine does without AlertAgent, measured in the same run; in the unit of the value. */
  limit?: { name: string; value: number };
  goal?: Goal;
  /** Anything a reader of the number should know. */
  note?: string;
}

/** Value divided by limit; undefined without a limit. */
export function ratioOf({ value, limit }: Figure): number | undefined {
  return limit === undefined || limit.value === 0 ? undefined : value / limit.value;
}

/** Whether the goal was reached; undefined for a figure without one. */
export function isReached(figure: Figure): boolean | undefined {
  const { goal } = figure;
  if (goal === undefined) return undefined;
  const compared = goal.of === 'value' ? figure.value : ratioOf(figure);
  if (compared === undefined) return undefined;
  return goal.direction === 'at least' ? compared >= goal.bound : compared <= goal.bound;
}

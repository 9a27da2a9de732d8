/** When a rule is evaluated, epoch milliseconds. The evaluation number `index` is at `first + index * intervalMs`. */
export interface EvaluationTimes {
  first: number;
  intervalMs: number;
  count: number;
}

/**
 * The evaluations from `from` to `to`, both included. A group is evaluated at `phaseMs` after each multiple of its interval: Prometheus
 * spreads its groups over the interval by a hash of file and name, vmalert takes the multiples themselves.
 */
export function evaluationTimes(from: number, to: number, intervalMs: number, phaseMs: number): EvaluationTimes {
  const first = phaseMs + Math.ceil((from - phaseMs) / intervalMs) * intervalMs;
  return { first, intervalMs, count: Math.max(0, Math.floor((to - first) / intervalMs) + 1) };
}

import { parseDuration } from '../durations';
import { compileConvergence, type CompiledConvergenceRule } from '../pipeline/convergence-rules';
import { compilePriority, type PriorityInput } from '../pipeline/priority';
import { compileRouting, type RoutingInput } from '../pipeline/route-tree';
import { compileSchedules } from '../pipeline/schedule';
import { compileSuppressions, type Suppressions } from '../pipeline/suppressions';
import type { Priority, RouteTaken } from '../pipeline/verdict';
import { pointerTo, type FieldProblem } from '../problems';
import type { PolicySnapshot } from './policy-document';

/** A policy ready to decide with. */
export interface CompiledPolicy {
  /** The version that decisions name. */
  version: number;
  ignore_labels: ReadonlySet<string>;
  flapping: { enabled: boolean; changes: number; window_ms: number; hold_ms: number };
  storm: { alerts: number; window_ms: number };
  convergence: readonly CompiledConvergenceRule[];
  suppressions: Suppressions;
  /** Whether priorities depend on how many incidents a group had; reading that costs a query. */
  uses_history: boolean;
  priorityOf: (input: PriorityInput) => Priority;
  routesOf: (input: RoutingInput) => RouteTaken[];
}

/** Checks a whole snapshot and compiles it, or answers every problem with pointers into `{policy, suppressions}`. */
export function compilePolicy(
  snapshot: PolicySnapshot,
  version: number,
): { ok: true; policy: CompiledPolicy } | { ok: false; problems: FieldProblem[] } {
  const problems: FieldProblem[] = [];
  const { policy, suppressions } = snapshot;
  const time = (text: string, ...path: string[]): number => {
    const ms = parseDuration(text);
    if (ms === null) {
      problems.push({
        pointer: pointerTo('policy', ...path),
        code: 'bad_duration',
        detail: 'must be a duration such as 5m',
      });
    }
    return ms ?? 0;
  };
  const collect = <T>(part: { value: T; problems: FieldProblem[] }, ...path: string[]): T => {
    for (const { pointer, ...rest } of part.problems) problems.push({ pointer: pointerTo(...path) + pointer, ...rest });
    return part.value;
  };
  const schedules = collect(compileSchedules(policy.schedules), 'policy', 'schedules');
  const compiled: CompiledPolicy = {
    version,
    ignore_labels: new Set(policy.identity.ignore_labels),
    flapping: {
      enabled: policy.flapping.enabled,
      changes: policy.flapping.changes,
      window_ms: time(policy.flapping.window, 'flapping', 'window'),
      hold_ms: time(policy.flapping.hold, 'flapping', 'hold'),
    },
    storm: { alerts: policy.storm.alerts, window_ms: time(policy.storm.window, 'storm', 'window') },
    convergence: collect(compileConvergence(policy.convergence), 'policy', 'convergence'),
    suppressions: collect(compileSuppressions(suppressions), 'suppressions'),
    uses_history: policy.priority.history.length > 0,
    priorityOf: collect(compilePriority(policy.priority, schedules), 'policy', 'priority'),
    routesOf: collect(compileRouting(policy.routing, schedules), 'policy', 'routing'),
  };
  return problems.length > 0 ? { ok: false, problems } : { ok: true, policy: compiled };
}

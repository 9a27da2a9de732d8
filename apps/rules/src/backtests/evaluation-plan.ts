import {
  evaluationTimes,
  findLiveGroup,
  readSourceGlobals,
  type BacktestRule,
  type EvaluationTimes,
  type LiveGroup,
  type SourceGlobals,
} from '@alertagent/alerting';
import { Injectable } from '@nestjs/common';
import { PromqlSource } from '../sources/promql-source';
import { SourceFailure } from '../sources/source-failure';
import type { BacktestSpec, SubjectRule } from './backtest-spec';

/** What both Prometheus and vmalert do unless configured. */
const DEFAULT_INTERVAL_MS = 60_000;
/** How far before the period evaluations begin, at most. */
const LONGEST_WARM_UP_MS = 7 * 24 * 3_600_000;
const MOST_EVALUATIONS = 2_000_000;

/** When and how the rules of a backtest are evaluated. */
export interface EvaluationPlan {
  /** From the warm-up to the end of the period; both rules at the same times. */
  times: EvaluationTimes;
  isInStep: boolean;
  externalLabels: Record<string, string>;
}

/** Finds out from the source how it evaluates rules. */
@Injectable()
export class EvaluationPlans {
  constructor(private readonly source: PromqlSource) {}

  /** Errors: SourceFailure, also when there would be too much to evaluate. */
  async make(spec: BacktestSpec): Promise<EvaluationPlan> {
    const { first, second } = spec;
    const live = await this.liveGroup(spec);
    const globals = await this.globals(spec);
    const intervalMs =
      spec.intervalMs ?? first.intervalMs ?? live?.intervalMs ?? globals.evaluationIntervalMs ?? DEFAULT_INTERVAL_MS;
    const isInStep =
      spec.sourceKind === 'victoriametrics' || (live?.intervalMs === intervalMs && live.phaseMs !== null);
    const phaseMs = isInStep ? (live?.phaseMs ?? 0) : 0;
    const warmUpMs = Math.max(...[first, second].flatMap((rule) => (rule ? lookBackMs(rule) : []))) + intervalMs;
    const times = evaluationTimes(spec.from - Math.min(warmUpMs, LONGEST_WARM_UP_MS), spec.to, intervalMs, phaseMs);
    if (times.count > MOST_EVALUATIONS)
      throw new SourceFailure(
        'refused',
        `there would be ${times.count} evaluations, and ${MOST_EVALUATIONS} is the limit: take a shorter period or a longer interval`,
      );
    return { times, isInStep, externalLabels: globals.externalLabels };
  }

  /** Where the rule is live, its group's own times are taken. Only Prometheus can be asked: vmalert answers somewhere else, and is in step with the clock. */
  private async liveGroup({ first, sourceUrl, sourceKind }: BacktestSpec): Promise<LiveGroup | null> {
    if (sourceKind !== 'prometheus') return null;
    const data = await this.ifItAnswers(sourceUrl, '/rules?type=alert');
    return findLiveGroup(data, first);
  }

  private async globals({ sourceUrl, sourceKind }: BacktestSpec): Promise<SourceGlobals> {
    if (sourceKind !== 'prometheus') return { evaluationIntervalMs: null, externalLabels: {} };
    const data = await this.ifItAnswers(sourceUrl, '/status/config');
    const text = (data as { yaml?: unknown } | null)?.yaml;
    return readSourceGlobals(typeof text === 'string' ? text : '');
  }

  /** A query front end may know neither rules nor configuration. */
  private async ifItAnswers(url: string, path: string): Promise<unknown> {
    try {
      return await this.source.read(url, path);
    } catch (error) {
      if (error instanceof SourceFailure && error.outcome !== 'not_allowed') return null;
      throw error;
    }
  }
}

/** How far back a rule's state depends on what was: it may have been pending, or kept firing, for this long. */
const lookBackMs = ({ holdMs, keepFiringMs }: SubjectRule): number => holdMs + keepFiringMs;

/** The rule as it is evaluated. */
export const evaluatedRule = (rule: SubjectRule, spec: BacktestSpec, plan: EvaluationPlan): BacktestRule => ({
  evaluator: spec.sourceKind === 'victoriametrics' ? 'vmalert' : 'prometheus',
  holdMs: rule.holdMs,
  keepFiringMs: rule.keepFiringMs,
  limit: rule.limit,
  name: rule.name,
  group: rule.group,
  labels: rule.labels,
  annotations: rule.annotations,
  externalLabels: plan.externalLabels,
});

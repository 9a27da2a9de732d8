import { compareFirings, RuleBacktest, type FiringComparison } from '@alertagent/alerting';
import type { BacktestComparison, BacktestedAlert, BacktestResult } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { PromqlSource } from '../sources/promql-source';
import { backtestedAlerts, backtestResult, periodOf } from './backtest-result';
import type { BacktestOutcome, BacktestSpec, SubjectRule } from './backtest-spec';
import { evaluatedRule, EvaluationPlans, type EvaluationPlan } from './evaluation-plan';
import { ExpressionHistory } from './expression-history';
import { RulePages, type PolicyAtHand } from './rule-pages';

const LIMITS = { alerts: 10_000, firings: 100_000 };

/** How far a backtest is. */
export interface BacktestProgress {
  intervalMs: number;
  isInStep: boolean;
  done: number;
  total: number;
}

/** Everything that a backtest found. */
export interface BacktestFindings {
  outcome: BacktestOutcome;
  alerts: BacktestedAlert[];
}

interface RunningSide {
  run: RuleBacktest;
  result: BacktestResult;
}

/** Carries a backtest out, from the first question to the source to its last figure. Stores nothing. */
@Injectable()
export class BacktestRun {
  constructor(
    private readonly source: PromqlSource,
    private readonly plans: EvaluationPlans,
    private readonly pages: RulePages,
  ) {}

  /** Errors: SourceFailure, TooManyAlerts; AbortError when it was called off. */
  async carryOut(
    spec: BacktestSpec,
    { signal, onProgress }: { signal: AbortSignal; onProgress: (progress: BacktestProgress) => Promise<void> },
  ): Promise<BacktestFindings> {
    const plan = await this.plans.make(spec);
    const policy = await this.pages.policy();
    const sides = spec.second ? 2 : 1;
    const { intervalMs, count } = plan.times;
    let finished = 0;
    const work = (rule: SubjectRule): Promise<RunningSide> =>
      this.evaluate(rule, spec, {
        plan,
        policy,
        signal,
        onEvaluated: (done) =>
          onProgress({ intervalMs, isInStep: plan.isInStep, done: finished + done, total: sides * count }),
      });
    const first = await work(spec.first);
    finished = count;
    const second = spec.second && (await work(spec.second));
    const period = periodOf(spec);
    return {
      outcome: {
        result: first.result,
        compared: second?.result ?? null,
        comparison: second && comparisonView(compareFirings(first.run.alerts, second.run.alerts, period)),
      },
      alerts: [
        ...backtestedAlerts(first.run.alerts, 'first', period),
        ...(second ? backtestedAlerts(second.run.alerts, 'second', period) : []),
      ],
    };
  }

  private async evaluate(
    rule: SubjectRule,
    spec: BacktestSpec,
    context: {
      plan: EvaluationPlan;
      policy: PolicyAtHand;
      signal: AbortSignal;
      onEvaluated: (done: number) => Promise<void>;
    },
  ): Promise<RunningSide> {
    const { plan, policy, signal, onEvaluated } = context;
    const run = new RuleBacktest(evaluatedRule(rule, spec, plan), plan.times, LIMITS);
    const history = new ExpressionHistory(this.source, spec, rule, plan.times, signal);
    await onEvaluated(0);
    for await (const { index, count, series } of history.stretches()) {
      run.take(series, { index, count }, rule.queryOffsetMs);
      signal.throwIfAborted();
      await onEvaluated(index + count);
    }
    const { externalLabels } = plan;
    const result = backtestResult(run, { rule, spec, plan, sourceMs: history.sourceMs });
    return {
      run,
      result: { ...result, ...(await this.pages.count(run.alerts, spec, { externalLabels, at: policy })) },
    };
  }
}

const comparisonView = (comparison: FiringComparison): BacktestComparison => ({
  both_seconds: comparison.both_ms / 1000,
  only_first_seconds: comparison.only_first_ms / 1000,
  only_second_seconds: comparison.only_second_ms / 1000,
  alerts_only_first: comparison.alerts_only_first,
  alerts_only_second: comparison.alerts_only_second,
});

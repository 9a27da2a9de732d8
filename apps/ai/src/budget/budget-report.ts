import { MODEL_PROVIDERS, type BudgetAmount, type BudgetView } from '@alertagent/contracts';
import { AlertAgentConfig, Clock } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { MICROS, type Amounts } from './amounts';
import { limitsOf } from './model-budget';
import { dayOf, nextDay, type ModelCall } from './model-call';
import { ModelCallsStore } from './model-calls.store';
import { usageOf } from './model-usage';

/** Tells what models may take today, and have taken. */
@Injectable()
export class BudgetReport {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: ModelCallsStore,
    private readonly config: AlertAgentConfig,
    private readonly clock: Clock,
  ) {}

  async today(): Promise<BudgetView> {
    const now = this.clock.now();
    const day = dayOf(now);
    const { p1_reserve, ...budget } = this.config.ai.budget;
    const calls = await this.store.ofDay(this.dataSource.manager, day);
    const spent = amountsOf(calls.filter(({ state }) => state === 'settled'));
    const reserved = amountsOf(calls.filter(({ state, deadline }) => state === 'reserved' && deadline > now));
    const limits = limitsOf(budget.day);
    const amount = (unit: keyof Amounts, scale = 1): BudgetAmount => {
      const used = spent[unit] + reserved[unit];
      const kept = limits[unit] * p1_reserve;
      const left = limits[unit] === 0 ? null : Math.max(0, limits[unit] - kept - used) / scale;
      return {
        limit: limits[unit] === 0 ? null : limits[unit] / scale,
        spent: spent[unit] / scale,
        reserved: reserved[unit] / scale,
        kept_for_p1: kept / scale,
        left,
      };
    };
    const { tokens, cost, time } = budget.incident;
    return {
      day,
      resets_at: nextDay(day).toISOString(),
      tokens: amount('tokens'),
      cost: amount('costMicros', MICROS),
      time_ms: amount('ms'),
      per_incident: { tokens: tokens || null, cost: cost || null, time_ms: time || null },
      providers: MODEL_PROVIDERS.map((provider) => ({
        provider,
        usage: usageOf(
          calls.filter((call) => call.provider === provider),
          now,
        ),
      })),
      refused: calls.filter(({ state }) => state === 'refused').length,
    };
  }
}

function amountsOf(calls: readonly ModelCall[]): Amounts {
  const sum = { tokens: 0, costMicros: 0, ms: 0 };
  for (const call of calls) {
    sum.tokens += call.inputTokens + call.outputTokens;
    sum.costMicros += call.costMicros;
    sum.ms += call.ms;
  }
  return sum;
}

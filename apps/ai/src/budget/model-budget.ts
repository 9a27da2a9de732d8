import type { ModelProvider } from '@alertagent/contracts';
import { AlertAgentConfig, Clock, inTransaction, LOGGER, newId, type Logger } from '@alertagent/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { costMicros, MICROS, overspent, UNKNOWN_COST, type Amounts, type Limits, type Price } from './amounts';
import { BudgetMetrics } from './budget.metrics';
import { dayOf, type CallOutcome, type CallUsage, type ModelCall } from './model-call';
import { ModelCallsStore } from './model-calls.store';

/** A call that somebody wants to make. */
export interface CallWish {
  analysisId: string;
  incidentId: string | null;
  /** Whether it may use what is kept for incidents of priority P1. */
  isP1: boolean;
  provider: ModelProvider;
  app: string;
  /** Null when the server tells afterwards what the call cost. */
  price: Price | null;
  /** Estimated. */
  inputTokens: number;
  /** The longest that it can take. */
  timeoutMs: number;
}

/** How a call ended. */
export interface CallEnding {
  outcome: CallOutcome;
  reason: string | null;
  usage: CallUsage;
  ms: number;
  messageId: string | null;
}

export type Allowance = { call: ModelCall } | { refusal: string };

/** What a reservation counts beyond the longest call: for the database, and for a clock that is a little off. */
const SETTLE_MARGIN_MS = 30_000;

/**
 * Allows calls of models as long as no budget is spent. What a call may take is set aside before it is made and replaced by what it took
 * after it. What was set aside by a process that died counts until the call must have been over.
 */
@Injectable()
export class ModelBudget {
  private readonly log: Logger;

  constructor(
    private readonly dataSource: DataSource,
    private readonly store: ModelCallsStore,
    private readonly config: AlertAgentConfig,
    private readonly clock: Clock,
    private readonly metrics: BudgetMetrics,
    @Inject(LOGGER) log: Logger,
  ) {
    this.log = log.component('model-budget');
  }

  /** Sets aside what the call may take, or says why it must not be made. Errors: `unavailable` when the database is. */
  async reserve(wish: CallWish): Promise<Allowance> {
    const { allowance, budget } = await inTransaction(this.dataSource, async (tx) => {
      await this.store.lock(tx);
      const call = this.reservation(wish);
      const spent = await this.spentFor(tx, call, wish);
      if (!spent) {
        await this.store.insert(tx, call);
        return { allowance: { call }, budget: null };
      }
      const refusal = `budget of the ${spent.budget} is spent (${spent.detail})`;
      const nothing = { inputTokens: 0, outputTokens: 0, costMicros: 0, ms: 0, settledAt: call.createdAt };
      await this.store.insert(tx, { ...call, ...nothing, state: 'refused', reason: refusal });
      return { allowance: { refusal }, budget: spent.budget };
    });
    if (budget) this.metrics.refused(wish.provider, budget);
    return allowance;
  }

  /** Writes down what a call took. Never throws: what is set aside stands in for what could not be written. */
  async settle(call: ModelCall, { usage, ...ending }: CallEnding): Promise<void> {
    const changes = { ...usage, ...ending, state: 'settled' as const, settledAt: this.clock.now() };
    try {
      const isSettled = await inTransaction(this.dataSource, (tx) => this.store.settle(tx, call.id, changes));
      if (isSettled) this.metrics.settled({ ...call, ...changes });
    } catch (error) {
      this.log.error({ error, call_id: call.id, ...usage }, 'what a call of a model took could not be written down');
    }
  }

  private reservation(wish: CallWish): ModelCall {
    const now = this.clock.now();
    const outputTokens = this.config.ai.budget.answer_tokens;
    return {
      id: newId(),
      analysisId: wish.analysisId,
      scopeId: wish.incidentId ?? wish.analysisId,
      day: dayOf(now),
      provider: wish.provider,
      app: wish.app.slice(0, 200),
      state: 'reserved',
      outcome: null,
      reason: null,
      inputTokens: wish.inputTokens,
      outputTokens,
      costMicros: wish.price ? costMicros(wish.price, wish.inputTokens, outputTokens) : UNKNOWN_COST,
      ms: wish.timeoutMs,
      isEstimated: true,
      messageId: null,
      deadline: new Date(now.getTime() + wish.timeoutMs + SETTLE_MARGIN_MS),
      createdAt: now,
      settledAt: null,
    };
  }

  private async spentFor(
    tx: EntityManager,
    call: ModelCall,
    { isP1 }: CallWish,
  ): Promise<{ budget: 'day' | 'incident'; detail: string } | null> {
    const { day, incident, p1_reserve } = this.config.ai.budget;
    const { scopeId, createdAt: now } = call;
    const wanted: Amounts = {
      tokens: call.inputTokens + call.outputTokens,
      costMicros: call.costMicros,
      ms: call.ms,
    };
    const ofDay = await this.store.used(tx, { day: call.day }, now);
    const detail = overspent({ limits: limitsOf(day), used: ofDay, wanted, keptShare: isP1 ? 0 : p1_reserve });
    if (detail) return { budget: 'day', detail };
    const ofIncident = await this.store.used(tx, { scopeId }, now);
    const incidentDetail = overspent({ limits: limitsOf(incident), used: ofIncident, wanted });
    return incidentDetail ? { budget: 'incident', detail: incidentDetail } : null;
  }
}

/** Limits as they are configured. */
export const limitsOf = ({ tokens, cost, time }: { tokens: number; cost: number; time: number }): Limits => ({
  tokens,
  costMicros: Math.round(cost * MICROS),
  ms: time,
});

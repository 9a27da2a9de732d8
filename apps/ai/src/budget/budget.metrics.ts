import { MODEL_PROVIDERS } from '@alertagent/contracts';
import { Metrics } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { MICROS } from './amounts';
import { CALL_OUTCOMES, type ModelCall } from './model-call';

/** What calls of models take. */
@Injectable()
export class BudgetMetrics {
  private readonly calls;
  private readonly tokens;
  private readonly cost;
  private readonly refusals;

  constructor(metrics: Metrics) {
    this.calls = metrics.counter({
      name: 'ai_model_calls_total',
      help: 'Calls of models, by how they ended.',
      labels: { provider: MODEL_PROVIDERS, outcome: CALL_OUTCOMES },
    });
    this.tokens = metrics.counter({
      name: 'ai_model_tokens_total',
      help: 'Tokens that models took; estimates where the server reports none.',
      labels: { provider: MODEL_PROVIDERS, direction: ['input', 'output'] },
    });
    this.cost = metrics.counter({
      name: 'ai_model_cost_total',
      help: 'What calls of models cost, in the currency that the prices are configured in.',
      labels: { provider: MODEL_PROVIDERS },
    });
    this.refusals = metrics.counter({
      name: 'ai_model_budget_refusals_total',
      help: 'Calls of models that were not made, by the budget that was spent.',
      labels: { provider: MODEL_PROVIDERS, budget: ['day', 'incident'] },
    });
  }

  /** Called after commit. */
  settled({ provider, outcome, inputTokens, outputTokens, costMicros }: ModelCall): void {
    this.calls.inc({ provider, outcome: outcome ?? 'failed' });
    this.tokens.inc({ provider, direction: 'input' }, inputTokens);
    this.tokens.inc({ provider, direction: 'output' }, outputTokens);
    this.cost.inc({ provider }, costMicros / MICROS);
  }

  /** Called after commit. */
  refused(provider: ModelCall['provider'], budget: 'day' | 'incident'): void {
    this.refusals.inc({ provider, budget });
  }
}

import { judgeRecord, type AutonomyBar, type AutonomyRecord } from '@alertagent/alerting';
import { AlertAgentConfig } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { SuggestionsStore } from './suggestions.store';

/** The measured record of an action for a rule, judged by the configured bar. */
@Injectable()
export class AutonomyRecords {
  private readonly bar: AutonomyBar;

  constructor(
    private readonly store: SuggestionsStore,
    config: AlertAgentConfig,
  ) {
    const { lower_bound, quantile, min_outcomes, window, max_recent_failures } = config.ai.automation.autonomy;
    this.bar = { lower_bound, quantile, min_outcomes, window, max_recent_failures };
  }

  async of(manager: EntityManager, pair: { rule: string; actionType: string }): Promise<AutonomyRecord> {
    // Ten are always looked at: how it went of late counts even where the window is smaller.
    return judgeRecord(await this.store.outcomes(manager, pair, Math.max(10, this.bar.window)), this.bar);
  }

  async isEarnedBySuggestion(manager: EntityManager, suggestionId: string): Promise<boolean> {
    const suggestion = await this.store.find(manager, suggestionId);
    return suggestion !== null && (await this.of(manager, suggestion)).is_earned;
  }
}

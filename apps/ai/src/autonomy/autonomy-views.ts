import { mayRunAlone } from '@alertagent/alerting';
import type { AutonomyPage, AutonomyView } from '@alertagent/contracts';
import { AlertAgentConfig } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Catalogue } from '../automation/catalogue';
import { KillSwitchesStore } from '../automation/kill-switches.store';
import { AutonomyRecords } from '../suggestions/autonomy-records';
import { SuggestionsStore } from '../suggestions/suggestions.store';

/** Pairs of rule and action that are shown: those with the newest outcomes. */
const MAX_PAIRS = 200;

/** The records of actions by rule, and whether each runs without a person now. */
@Injectable()
export class AutonomyViews {
  constructor(
    private readonly suggestions: SuggestionsStore,
    private readonly records: AutonomyRecords,
    private readonly catalogue: Catalogue,
    private readonly switches: KillSwitchesStore,
    private readonly config: AlertAgentConfig,
  ) {}

  async page(manager: EntityManager): Promise<AutonomyPage> {
    const pairs = await this.suggestions.pairs(manager, MAX_PAIRS);
    const items: AutonomyView[] = [];
    for (const pair of pairs) items.push(await this.view(manager, pair));
    return { items, next_cursor: null, mode: this.config.ai.automation.mode };
  }

  private async view(manager: EntityManager, pair: { rule: string; actionType: string }): Promise<AutonomyView> {
    const { is_earned, missing: unearned, ...record } = await this.records.of(manager, pair);
    const entry = this.catalogue.entries.get(pair.actionType);
    const isStopped = await this.switches.isStopped(manager, pair.actionType);
    const facts = { is_earned, is_autonomy_on: this.catalogue.isAutonomyOn };
    const autonomous = entry !== undefined && !isStopped && mayRunAlone({ entry, ...facts });
    const missing =
      unearned ??
      (!entry?.allows_autonomy
        ? 'the catalogue does not allow it'
        : isStopped
          ? 'the kill switch is on'
          : autonomous
            ? null
            : `ai.automation.mode is ${this.config.ai.automation.mode}`);
    return { rule: pair.rule, action_type: pair.actionType, ...record, earned: is_earned, autonomous, missing };
  }
}

import { createHash } from 'node:crypto';
import { suggestedActions, type AlertFacts, type Gate, type SuggestedAction } from '@alertagent/alerting';
import type { Actor, AlertSnapshot, AnalysisResult, SuggestionOutlook } from '@alertagent/contracts';
import { AlertAgentConfig, Clock, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ActionRecord } from '../automation/action-record';
import { Catalogue } from '../automation/catalogue';
import type { Suggestion } from '../suggestions/suggestion';
import { SuggestionsStore } from '../suggestions/suggestions.store';
import { OpenGates } from './open-gates';

/** An analysis as far as its suggestions matter. */
export interface SuggestingAnalysis {
  id: string;
  incidentId: string | null;
  alertId: string;
  clusterName: string;
  alert: AlertSnapshot;
}

/** What asks for actions when a suggestion does. Nobody: so that anybody else may approve it. */
const ANALYSIS: Actor = { kind: 'system', id: 'ai-analysis', name: 'ai analysis' };
const ALERT_RULE = 'alertagent_rule_id';

/**
 * Writes down which actions of the catalogue an analysis suggested and, by the configured mode, what is done with them: in shadow
 * mode nothing, ever; else people are asked, or, where everything allows it, it runs.
 */
@Injectable()
export class SuggestionRecord {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly gates: OpenGates,
    private readonly suggestions: SuggestionsStore,
    private readonly actions: ActionRecord,
    private readonly config: AlertAgentConfig,
    private readonly clock: Clock,
  ) {}

  /** `isResolving`: the decision wants the incident resolved. Only then anything is asked for, and only the first that can be. */
  async record(
    tx: EntityManager,
    { analysis, result, isResolving }: { analysis: SuggestingAnalysis; result: AnalysisResult; isResolving: boolean },
  ): Promise<void> {
    const alert: AlertFacts = { cluster: analysis.clusterName, labels: analysis.alert.labels };
    const rule = ruleOf(analysis.alert);
    let isOpen = isResolving;
    for (const suggested of suggestedActions(result.suggested_actions, this.catalogue.entries, alert)) {
      const gates = await this.gates.closedFor(tx, { entry: suggested.entry, rule });
      const suggestion = this.suggestionOf({ analysis, result, suggested, rule, gates, isOpen });
      if (suggestion.outlook !== 'not_runnable') isOpen = false;
      suggestion.actionId = await this.ask(tx, { suggestion, suggested, alert });
      await this.suggestions.insert(tx, suggestion);
    }
  }

  private suggestionOf({
    analysis,
    result,
    suggested,
    rule,
    gates,
    isOpen,
  }: {
    analysis: SuggestingAnalysis;
    result: AnalysisResult;
    suggested: SuggestedAction;
    rule: string;
    gates: Gate[];
    isOpen: boolean;
  }): Suggestion {
    const { outlook, reason } = this.outlookOf(suggested, gates, isOpen);
    return {
      id: newId(),
      analysisId: analysis.id,
      incidentId: analysis.incidentId,
      alertId: analysis.alertId,
      rule,
      actionType: suggested.entry.id,
      target: suggested.request?.target ?? null,
      parameters: suggested.request?.parameters ?? null,
      confidence: result.confidence ?? null,
      outlook,
      closedGates: gates,
      reason,
      actionId: null,
      wasRight: null,
      shownBy: null,
      shownAt: null,
      createdAt: this.clock.now(),
    };
  }

  private outlookOf(
    { problem }: SuggestedAction,
    gates: readonly Gate[],
    isOpen: boolean,
  ): { outlook: SuggestionOutlook; reason: string } {
    if (problem !== null) return { outlook: 'not_runnable', reason: problem };
    if (!isOpen) return { outlook: 'for_people', reason: 'the decision leaves it to people' };
    const { mode } = this.config.ai.automation;
    if (mode === 'shadow') {
      return gates.length === 0
        ? { outlook: 'would_run', reason: 'every gate is open; shadow mode does nothing' }
        : { outlook: 'would_ask', reason: `closed: ${gates.join(', ')}; shadow mode does nothing` };
    }
    return mode === 'auto' && gates.length === 0
      ? { outlook: 'ran', reason: 'its record lets it run without a person' }
      : { outlook: 'asked', reason: `closed: ${gates.join(', ') || 'approval'}` };
  }

  /** The request that a suggestion becomes; none in shadow mode. */
  private async ask(
    tx: EntityManager,
    { suggestion, suggested, alert }: { suggestion: Suggestion; suggested: SuggestedAction; alert: AlertFacts },
  ): Promise<string | null> {
    const { outlook } = suggestion;
    if (!suggested.request || (outlook !== 'asked' && outlook !== 'ran')) return null;
    const action = await this.actions.add(
      tx,
      {
        ...suggested.request,
        entry: suggested.entry,
        alert,
        alertId: suggestion.alertId,
        incidentId: suggestion.incidentId,
        actor: ANALYSIS,
        origin: outlook === 'ran' ? 'autonomy' : 'suggestion',
        suggestionId: suggestion.id,
        isPlanOnly: false,
        dryRun: true,
        reason: suggestion.reason,
      },
      createHash('sha256').update(`suggestion ${suggestion.id}`).digest('hex'),
    );
    return action.id;
  }
}

/** The rule that raised an alert: AlertAgent's id of it where the alert carries one, else its name. */
function ruleOf({ name, annotations }: AlertSnapshot): string {
  const id = Object.hasOwn(annotations, ALERT_RULE) ? annotations[ALERT_RULE] : undefined;
  return (id ? id : name).slice(0, 200).toWellFormed();
}

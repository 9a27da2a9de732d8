import type { ActionParameters, ActionTarget, Gate } from '@alertagent/alerting';
import type { SuggestionOutlook, SuggestionView } from '@alertagent/contracts';

/** An action of the catalogue that an analysis suggested, and what was or would have been done with it. */
export interface Suggestion {
  id: string;
  analysisId: string;
  incidentId: string | null;
  alertId: string;
  /** The rule whose record counts: AlertAgent's id of it, else the name of the alert, cut at 200 characters. */
  rule: string;
  actionType: string;
  target: ActionTarget | null;
  parameters: ActionParameters | null;
  /** What the model said about itself. Measured against what happened; no gate reads it. */
  confidence: number | null;
  outlook: SuggestionOutlook;
  closedGates: Gate[];
  reason: string;
  actionId: string | null;
  wasRight: boolean | null;
  shownBy: 'feedback' | 'post_check' | null;
  shownAt: Date | null;
  createdAt: Date;
}

/** A suggestion as others see it. */
export function suggestionView(suggestion: Suggestion): SuggestionView {
  return {
    id: suggestion.id,
    analysis_id: suggestion.analysisId,
    incident_id: suggestion.incidentId,
    alert_id: suggestion.alertId,
    rule: suggestion.rule,
    action_type: suggestion.actionType,
    target: suggestion.target,
    parameters: suggestion.parameters,
    confidence: suggestion.confidence,
    outlook: suggestion.outlook,
    closed_gates: suggestion.closedGates,
    reason: suggestion.reason,
    action_id: suggestion.actionId,
    was_right: suggestion.wasRight,
    shown_by: suggestion.shownBy,
    created_at: suggestion.createdAt.toISOString(),
  };
}

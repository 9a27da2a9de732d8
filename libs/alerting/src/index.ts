export { parseDuration, formatDuration, parseGoDuration } from './durations';
export { pointerTo, excerpt, type FieldProblem } from './problems';
export { RenderError, type ManifestEntry, type RenderedFile } from './rendered-file';
export { validateRule, type RuleDefinition } from './rules/rule';
export { renderRuleFile, readRuleFile, type PlacedRule } from './rules/rule-file';
export { renderAlertmanagerConfig, type AlertmanagerConfigInput } from './alertmanager/alertmanager-config';
export { parseWebhook, type ParsedWebhook, type QuarantinedAlert, type WebhookGroup } from './webhook/webhook-payload';
export { type QuarantineCode } from './webhook/alert-inspection';
export { normaliseAlert, type NormalisedAlert } from './webhook/normalised-alert';
export { groupKey } from './pipeline/group-key';
export { decideEpisode, type EpisodeOutcome, type KnownEpisode } from './pipeline/episode';
export { canJoin, incidentStatus, type ConvergencePolicy, type ConvergingIncident } from './pipeline/convergence';
export {
  compileSuppression,
  isCompiled,
  matchSuppression,
  type CompiledSuppression,
  type SuppressionRule,
} from './pipeline/suppression';
export { pickWorkflow, type Routing } from './routing';
export { decide, defaultThresholds, type Decision, type DecisionInput, type DecisionThresholds } from './decision';
export { analyseBuiltIn, type AnalysisResult, type BuiltInAnalysisInput } from './analysis/built-in-analyst';
export { parseAnalysisText, type ParsedAnalysis } from './analysis/analysis-text';

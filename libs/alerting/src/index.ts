export { parseDuration, formatDuration, parseGoDuration } from './durations';
export { pointerTo, excerpt, type FieldProblem } from './problems';
export { readRenderedFile, RenderError, type ManifestEntry, type RenderedFile } from './rendered-file';
export { canaryGroup, canaryInstance, canaryRule, isCanary, CANARY_RULE_ID } from './canary';
export { capabilitiesOf } from './targets/capabilities';
export { validateRule, type RuleDefinition } from './rules/rule';
export { renderedGroupName, renderRuleFile, readRuleFile, type PlacedGroup, type PlacedRule } from './rules/rule-file';
export { MARKER_RULE_ID } from './rules/file-marker';
export { fillInRule, overriddenParameterProblems, type RuleParameters } from './rules/parameters';
export { effectiveRule, type AppliedOverride, type EffectiveRule, type OverriddenField } from './rules/overrides';
export { versionGate, type GatedGroup, type RuleLoader } from './rules/version-gates';
export { renderAlertmanagerConfig, type AlertmanagerConfigInput } from './alertmanager/alertmanager-config';
export {
  checkAlertmanagerConfig,
  readAlertmanagerConfig,
  type AlertmanagerConfigCheck,
  type ReadConfiguration,
} from './alertmanager/check-alertmanager-config';
export { type AlertmanagerConfigProblem } from './alertmanager/problem';
export {
  importAlertmanagerConfig,
  renderConfigurationDocument,
  renderConfigurationText,
  type ConfigurationDocument,
  type ImportedConfiguration,
} from './alertmanager/configuration-document';
export { isAlertAgents, withAlertAgent } from './alertmanager/alertagent-receiver';
export {
  ALERTAGENT_LAYER,
  effectiveConfiguration,
  type EffectiveConfiguration,
  type EffectiveProblem,
} from './alertmanager/layers/effective-configuration';
export { readLayerDocument, type LayerDocument } from './alertmanager/layers/layer-document';
export { mergeLayers, type ConfigurationLayer, type MergedLayers } from './alertmanager/layers/merge-layers';
export { selectLayers, type LayerScope, type ScopedLayer } from './alertmanager/layers/select-layers';
export { secretNames } from './alertmanager/secrets';
export { testRoute, type TakenRoute } from './alertmanager/routing/test-route';
export { alertmanagerMinor, ASSUMED_VERSIONS } from './alertmanager/version';
export { parseWebhook } from './webhook/webhook-payload';
export { type ParsedWebhook, type QuarantinedAlert, type WebhookGroup } from './webhook/parsed-webhook';
export {
  detectFormat,
  formatTag,
  readParsedWebhook,
  readStoredWebhook,
  DEFAULT_SEVERITIES,
  OWN_FORMAT,
  RECONCILIATION_FORMAT,
  WEBHOOK_FORMATS,
  type DefaultSeverity,
  type FormatTag,
  type ReadingContext,
  type WebhookFormat,
} from './webhook/stored-webhook';
export { alertTexts, bodyOfOne } from './webhook/alert-texts';
export { checkMapping } from './webhook/formats/check-mapping';
export { type FieldMapping } from './webhook/formats/field-mapping';
export { type QuarantineCode } from './webhook/alert-inspection';
export { normaliseAccepted, normaliseAlert, type NormalisedAlert } from './webhook/normalised-alert';
export { groupKey } from './pipeline/group-key';
export { decideEpisode, type EpisodeOutcome } from './pipeline/episode';
export { decideEvent } from './pipeline/decide-event';
export { compactSituation, expandSituation } from './pipeline/situation-json';
export {
  Replay,
  replay,
  type ReplayedIncident,
  type ReplayOptions,
  type ReplayResult,
  type ReplayStep,
} from './pipeline/replay';
export { WhatIf, type Comparison, type PageDifference, type SideTotals, type TeamPages } from './pipeline/what-if';
export { type Page } from './pipeline/pages';
export { WorkingSet, MOST_COMPARED } from './pipeline/working-set';
export { resolveIncident } from './pipeline/apply-incident';
export { RULE_EDIT_MATTERS_MS } from './pipeline/rule-edit';
export {
  type IncidentMomentDraft,
  type Marker,
  type PipelineMoment,
  type WorkingEpisode,
  type WorkingIncident,
} from './pipeline/working-state';
export {
  ruleOf,
  type EpisodeFacts,
  type IncidentFacts,
  type MarkerFact,
  type PipelineEvent,
  type Situation,
  type RuleEdit,
} from './pipeline/facts';
export {
  type EpisodeChange,
  type IncidentChange,
  type PipelineDisposition,
  type Priority,
  type PriorityFactor,
  type RouteTaken,
  type StageNote,
  type Verdict,
} from './pipeline/verdict';
export { canJoin, incidentStatus } from './pipeline/convergence';
export { groupingOf, type CompiledConvergenceRule, type Grouping } from './pipeline/convergence-rules';
export { severityRank } from './pipeline/severity-rank';
export { explainRouting, type RouteExplanation } from './pipeline/explain-routing';
export { compileSchedules, type Schedules } from './pipeline/schedule';
export { compileMatchers, parseMatchers, type LabelTest } from './policy/matchers';
export { compilePolicy, type CompiledPolicy } from './policy/compile-policy';
export { CLOCK_SKEWS, clockSkewOf, type ClockSkew } from './webhook/clock-skew';
export { checkPolicy } from './policy/check-policy';
export { type PolicyFindings } from './policy/policy-findings';
export { diffOf, type Difference } from './policy/policy-diff';
export { defaultPolicy, type ConfiguredPolicy } from './policy/default-policy';
export {
  SUPPRESSION_KINDS,
  type ConvergenceRule,
  type ConvergenceStrategy,
  type PolicyDocument,
  type PolicySnapshot,
  type RouteNode,
  type Schedule,
  type SuppressionDefinition,
  type SuppressionKind,
} from './policy/policy-document';
export { pickWorkflow, type Routing } from './routing';
export { decide, defaultThresholds, type Decision, type DecisionInput, type DecisionThresholds } from './decision';
export { analyseBuiltIn, type AnalysisResult, type BuiltInAnalysisInput } from './analysis/built-in-analyst';
export { parseAnalysisText, type ParsedAnalysis } from './analysis/analysis-text';
export { compileSuppressions, JUDGING_ORDER, type Suppressed, type Suppressions } from './pipeline/suppressions';
export {
  SuppressionPreview,
  type HiddenEpisode,
  type PastEpisode,
  type PreviewResult,
} from './pipeline/suppression/preview';

export { parseDuration, formatDuration, parseGoDuration } from './durations';
export { pointerTo, excerpt, type FieldProblem } from './problems';
export { readRenderedFile, RenderError, type ManifestEntry, type RenderedFile } from './rendered-file';
export { canaryGroup, canaryInstance, canaryRule, isCanary, CANARY_RULE_ID } from './canary';
export { capabilitiesOf } from './targets/capabilities';
export { validateRule, type RuleDefinition } from './rules/rule';
export { GroupTexts } from './rules/group-texts';
export { renderedGroupName, renderRuleFile, readRuleFile, type PlacedGroup, type PlacedRule } from './rules/rule-file';
export { MARKER_RULE_ID } from './rules/file-marker';
export { fillInRule, overriddenParameterProblems, type RuleParameters } from './rules/parameters';
export {
  effectiveRule,
  type AppliedOverride,
  type EffectiveRule,
  type OverriddenField,
  type OverrideTerms,
} from './rules/overrides';
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
export { lintWorkflow } from './n8n/lint-workflow';
export type { WorkflowFault } from './n8n/workflow-check';
export { decide, type Decision, type DecisionInput } from './decisions/decide';
export { checkDecisionPolicy } from './decisions/check-decision-policy';
export {
  DECISION_OUTCOMES,
  defaultThresholds,
  policyVersion,
  type DecisionPolicy,
  type DecisionRule,
  type DecisionThresholds,
} from './decisions/decision-policy';
export { analyseBuiltIn, type AnalysisResult, type BuiltInAnalysisInput } from './analysis/built-in-analyst';
export { parseAnalysisText, type ParsedAnalysis } from './analysis/analysis-text';
export { measuredExpression } from './analysis/measured-expression';
export { checkClaims, type CheckedClaim } from './analysis/receipts/check-claims';
export { claimsFrom, type Claim } from './analysis/receipts/claim';
export { evidenceHash, type EvidenceItem } from './analysis/receipts/evidence-item';
export { compileSuppressions, JUDGING_ORDER, type Suppressed, type Suppressions } from './pipeline/suppressions';
export {
  SuppressionPreview,
  type HiddenEpisode,
  type PastEpisode,
  type PreviewResult,
} from './pipeline/suppression/preview';
export { nightsIn } from './pipeline/nights';
export * from './rules/backtest';
export { EXPRESSION_CHANGES, type ExpressionChangeKind } from './rules/diff/compare-expressions';
export { diffRules, type RuleDiff } from './rules/diff/rule-diff';
export { canonicalExpression } from './rules/diff/promql-node';
export { ruleFindings, type MemberFacts, type RuleFacts } from './rules/health/rule-findings';
export { missingSeries } from './rules/health/missing-series';
export { neededSelectors } from './rules/health/needed-selectors';
export { checkRuleTemplate, instantiateTemplate } from './rules/templates/rule-template';
export { type FilledRule } from './rules/templates/fill-rule';
export { type TemplateDocument, type TemplateParameter } from './rules/templates/template-document';
export { valueFault } from './rules/templates/parameter-values';
export * from './rules/promtests';
export {
  isRefused,
  RULE_ID_ANNOTATION,
  RULE_VERSION_ANNOTATION,
  type FileGroup,
  type FileProblem,
  type FileRule,
  type ReadGroup,
  type ReadRule,
  type ReadRuleFile,
} from './rules/files/rule-file-content';
export { mayHoldRules, readRuleSources, type NamedRuleFile, type RuleSource } from './rules/files/rule-sources';
export { printRuleFile, printRuleResource, resourceName } from './rules/files/print-rule-files';
export { ACTION_STATES, mayGo, statesBefore, type ActionState } from './automation/action-states';
export { planOf, targetKey, type ActionPlan } from './automation/action-plan';
export { approvalHash } from './automation/approval-hash';
export { BUILT_IN_CATALOGUE } from './automation/built-in-catalogue';
export {
  EXECUTORS,
  PARAMETER_TYPES,
  POST_CHECKS,
  type ActionCaps,
  type ActionParameters,
  type ActionTarget,
  type CatalogueEntry,
  type Executor,
  type ParameterSpec,
  type ParameterType,
  type PostCheck,
} from './automation/catalogue-entry';
export { checkCatalogue } from './automation/check-catalogue';
export { checkRequest, type AlertFacts, type CheckedRequest } from './automation/check-request';
export { closedCaps, closedGates, GATES, mayRunAlone, type Gate, type RecentUse } from './automation/gates';
export { credibleRange } from './autonomy/beta-distribution';
export { judgeRecord, type AutonomyBar, type AutonomyRecord } from './autonomy/earned-autonomy';
export { calibrationCurve, recalibrated, WARM_UP, type CalibrationCurve, type Forecast } from './autonomy/calibration';
export { suggestedActions, type SuggestedAction } from './suggestions/suggested-actions';
export {
  subjectsIn,
  validateExpression,
  validateRuleDocument,
  validateRuleText,
  type ToValidate,
  type ValidationOptions,
} from './rules/validate/validate';
export { type RuleProblem, type Severity, type Validation } from './rules/validate/problem';
export { judgedFile, type JudgedFile } from './rules/validate/judged-file';
export { lintLive } from './rules/lint/lint-live';
export type { LiveSource, QueryBudget } from './rules/lint/live-check';
export type { RuleSubject } from './rules/lint/subject';
export { LINT_CHECKS } from './rules/lint/checks';
export { DEFAULT_PROMETHEUS_VERSION, grammarOf } from './rules/promql/grammar';
export { KnowledgeIndex, type Found as KnowledgeHit, type IndexedDocument } from './knowledge/knowledge-index';

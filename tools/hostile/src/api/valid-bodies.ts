import { webhookAlert, webhookMessage } from '../stand/webhook-message';

/** What a body is made for. */
export interface BodyPurpose {
  /** Things that exist, by kind: `cluster`, `rule`, `alert`, `incident`, … */
  ids: Readonly<Record<string, string>>;
  /** The policy in force, where there is one. */
  policy: unknown;
  /** Keeps the names of several bodies apart. */
  serial: number;
}

/** Valid bodies by the name of their schema. A schema that is not here is filled in from what the schema tells. */
export const VALID_BODIES: Readonly<Record<string, (purpose: BodyPurpose) => Record<string, unknown>>> = {
  RuleInput: ({ ids, serial }) => ({
    name: `HostileRule${serial}`,
    group: 'hostile',
    expression: 'up == 0',
    duration: '5m',
    severity: 'warning',
    labels: { team: 'core' },
    annotations: { summary: 'something is down' },
    targets: [ids['cluster']],
  }),
  ClusterInput: ({ serial }) => ({
    name: `hostile-${serial}`,
    endpoint: 'http://alertmanager.example:9093',
    config: { sync_interval: '30s', health_check_interval: '30s', retry_attempts: 3 },
    labels: { environment: 'test' },
  }),
  AnalysisFeedbackInput: () => ({ rating: 'down', correction: 'It was the network' }),
  KnowledgeInput: ({ serial }) => ({
    title: `Runbook ${serial}`,
    text: '# Disk full\n\nDelete old logs.',
    clusters: [],
    alerts: ['DiskFull'],
  }),
  KnowledgeImportInput: ({ serial }) => ({
    documents: [{ key: `runbooks/${serial}.md`, title: `Runbook ${serial}`, text: 'Delete old logs.' }],
  }),
  RolloutInput: ({ ids, serial }) => ({
    name: `rollout ${serial}`,
    targets: [ids['otherCluster']],
    waves: [{ labels: { stage: 'canary' } }, { percent: 10, soak_seconds: 0 }, { percent: 100 }],
    gates: { max_failing_rules: 0, max_evaluation_seconds: 5, max_new_firing: 20, max_unreachable: 1 },
  }),
  RolloutChange: ({ serial }) => ({ name: `rollout ${serial}`, gates: { max_new_firing: 3 } }),
  RollbackInput: ({ ids }) => ({ targets: [ids['cluster']], reason: 'too loud' }),
  ClusterRollbackInput: () => ({ reason: 'too loud' }),
  HoldInput: () => ({ reason: 'migration' }),
  SilenceInput: ({ serial }) => ({
    matchers: [{ name: 'alertname', value: `Hostile${serial}`, is_regex: false, is_equal: true }],
    ends_at: '2099-01-31T00:00:00Z',
    comment: `silence ${serial}`,
  }),
  ClusterTokenInput: ({ serial }) => ({ purpose: 'sync', name: `token ${serial}`, expires_at: '2099-01-31T00:00:00Z' }),
  ApiTokenInput: ({ serial }) => ({ name: `token ${serial}`, role: 'viewer', expires_at: '2099-01-31T00:00:00Z' }),
  AnalyzeInput: ({ ids }) => ({ alert_id: ids['alert'], context: { historical_data: true } }),
  AnalysisStatusInput: () => ({ status: 'processing' }),
  ActionVerdictInput: () => ({ comment: 'seen' }),
  SettleActionInput: () => ({ outcome: 'failed', comment: 'looked' }),
  KillSwitchInput: () => ({ engaged: false, reason: 'drill over' }),
  SuggestionFeedbackInput: () => ({ verdict: 'accepted', comment: 'right' }),
  EscalationInput: ({ ids }) => ({
    alert_id: ids['alert'],
    escalation_type: 'on_call',
    target_team: 'core',
    priority: 'high',
    reason: 'nobody looked',
    analysis: { note: 'n' },
  }),
  AlertSourceInput: ({ ids, serial }) => ({
    name: `source ${serial}`,
    cluster: ids['cluster'],
    format: 'alertmanager',
  }),
  AlertSourcePreviewInput: () => ({ format: 'alertmanager', sample: webhookMessage([webhookAlert()]) }),
  Acknowledgement: () => ({ for: '1h', note: 'looking' }),
  IncidentClosing: () => ({ reason: 'enough' }),
  IncidentMerge: ({ ids }) => ({ into: ids['otherIncident'], reason: 'the same cause' }),
  IncidentSplit: ({ ids }) => ({ alert_ids: [ids['alert']], reason: 'another cause' }),
  Snooze: () => ({ until: '2099-01-31T00:00:00Z', reason: 'known' }),
  NoteInput: ({ serial }) => ({ text: `note ${serial}` }),
  PolicyChangeInput: ({ policy, serial }) => ({ policy, reason: `change ${serial}` }),
  PolicyCheckInput: ({ policy }) => ({ policy }),
  PolicyRollbackInput: ({ serial }) => ({ to: 1, reason: `back ${serial}` }),
  DryRunInput: () => ({ alerts: [{ labels: { alertname: 'DryRun' } }] }),
  WhatIfInput: () => ({ days: 1 }),
  DecisionReplayInput: ({ ids }) => ({ alert_id: ids['alert'] }),
  SuppressionInput: ({ serial }) => suppression(serial),
  PreviewInput: ({ serial }) => ({ definition: suppression(serial), days: 1 }),
  DecisionPolicyInput: () => decisionPolicy(),
  TryDecisionPolicy: () => ({ ...decisionPolicy(), last: 10 }),
  ApprovalPolicyInput: ({ serial }) => ({ name: `approval ${serial}`, owner: `team-${serial}` }),
  AlertmanagerTextInput: () => ({ text: ALERTMANAGER_YAML, version: '0.28.1' }),
  AlertmanagerImportInput: ({ serial }) => ({
    name: `layer-${serial}`,
    scope: { kind: 'selector', matchers: [`hostile="${serial}"`] },
    reason: 'taken over',
    text: ALERTMANAGER_YAML,
    version: '0.28.1',
  }),
  BacktestInput: () => ({ rule: { expression: 'up == 0' }, source: { url: 'http://prometheus.example' } }),
  RuleBatchInput: ({ ids, serial }) => ({
    operation: 'relabel',
    rule_ids: [ids['rule']],
    set_labels: { serial: String(serial) },
  }),
  RuleImportInput: ({ serial }) => ({
    yaml: `groups: [{name: imported${serial}, rules: [{alert: Imported, expr: up == 0}]}]`,
    dry_run: true,
  }),
  DisagreementDismissal: ({ serial }) => ({ reason: `known difference ${serial}` }),
  SigningKeyEnd: ({ serial }) => ({ reason: `given up ${serial}`, leave_behind: ['hostile', 'other'] }),
  RuleValidationInput: () => ({ expression: 'up == 0' }),
  RuleTestsInput: () => ({ content: RULE_TESTS }),
  RuleTestImport: () => ({ content: RULE_TESTS }),
  ActionInput: ({ ids }) => ({
    action_type: 'restart_service',
    alert_id: ids['alert'],
    target: { cluster: 'hostile', namespace: 'shop', service: 'api' },
    parameters: { graceful_shutdown: true },
  }),
};

/**
 * Bodies whose validity hangs on what happened before: an incident is merged or split once, a version may name clusters that are gone,
 * and what nobody refused needs no confirmation.
 */
export const ONCE_ONLY: ReadonlySet<string> = new Set([
  'IncidentMerge',
  'IncidentSplit',
  'PolicyRollbackInput',
  'RemovalConfirmation',
  'RestoreRuleVersionInput',
]);

const ALERTMANAGER_YAML = 'route: {receiver: nobody}\nreceivers: [{name: nobody}]\n';

const RULE_TESTS = `evaluation_interval: 1m
tests:
  - interval: 1m
    input_series: [{series: up, values: '0x10'}]
    alert_rule_test: []
`;

function decisionPolicy(): Record<string, unknown> {
  return {
    thresholds: {
      auto_resolve_below_severity: 0.3,
      auto_resolve_above_confidence: 0.8,
      escalate_above_severity: 0.8,
      escalate_below_confidence: 0.3,
      high_priority_above_severity: 0.6,
      routed_escalation_above_severity: 0.7,
      default_team: 'core',
    },
    rules: [],
  };
}

function suppression(serial: number): Record<string, unknown> {
  return {
    name: `suppression ${serial}`,
    kind: 'condition',
    owner: 'core',
    reason: 'known noise',
    condition: `labels.maintenance == 'window ${serial}'`,
    ends_at: '2099-01-31T00:00:00Z',
  };
}

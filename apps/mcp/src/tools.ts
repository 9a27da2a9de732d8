/** What a tool may do; a host shows it to its user, and asks before it lets a model call a tool that changes something. */
export type ToolKind = 'read' | 'write';

/** A tool: one operation of the REST API under a name that a model understands. Its arguments are those of the operation. */
export interface Tool {
  name: string;
  method: 'get' | 'post';
  /** As in the description of the API, without `/api/v1`. */
  path: string;
  kind: ToolKind;
  /** What the description of the operation does not say to a model. */
  hint?: string;
}

const read = (name: string, path: string, hint?: string): Tool => ({ name, method: 'get', path, kind: 'read', hint });

/** Looking: what happened, why, and what there is. A POST here computes and keeps nothing but its own result. */
export const READ_TOOLS: readonly Tool[] = [
  read('list_incidents', '/incidents', 'Begin here when asked what is wrong now: status=open.'),
  read('get_incident', '/incidents/{id}'),
  read('explain_incident', '/incidents/{id}/why'),
  read('list_incident_notes', '/incidents/{id}/notes'),
  read('list_alerts', '/alerts'),
  read('get_alert', '/alerts/{id}'),
  read('explain_alert', '/alerts/{id}/why', 'Use this when asked why somebody was, or was not, paged.'),
  read('list_analyses', '/alerts/analyze'),
  read('get_analysis', '/alerts/analyze/{id}'),
  read('list_rules', '/rules'),
  read('get_rule', '/rules/{id}'),
  read('get_rule_distribution', '/rules/{id}/distribution', 'Only "live" says that a Prometheus evaluates the rule.'),
  read('list_rule_versions', '/rules/{id}/versions'),
  read('compare_rule_versions', '/rules/{id}/diff'),
  read('list_rule_findings', '/rules/health'),
  { name: 'validate_rule', method: 'post', path: '/rules/validate', kind: 'read' },
  {
    name: 'start_backtest',
    method: 'post',
    path: '/rules/backtest',
    kind: 'read',
    hint: 'Answers at once; ask get_backtest with the id until its state is final.',
  },
  read('get_backtest', '/rules/backtests/{id}'),
  read('list_backtest_alerts', '/rules/backtests/{id}/alerts'),
  read('list_clusters', '/clusters'),
  read('get_cluster', '/clusters/{id}'),
  read('list_cluster_health', '/clusters/health'),
  read('get_cluster_sync', '/clusters/{id}/sync'),
  read('list_silences', '/clusters/{id}/silences'),
  read('get_policy', '/policies'),
  { name: 'dry_run_policy', method: 'post', path: '/policies/dry-run', kind: 'read' },
  read('search_knowledge', '/knowledge/search'),
  read('get_ledger', '/ledger'),
  read('list_ledger_findings', '/ledger/findings'),
  read('list_action_catalogue', '/automation/catalogue'),
  read('list_actions', '/automation/actions'),
  read('get_action', '/automation/actions/{id}'),
];

/** Changing something, only where the operator has switched it on. Nothing here approves anything: that is for people. */
export const WRITE_TOOLS: readonly Tool[] = [
  { name: 'acknowledge_incident', method: 'post', path: '/incidents/{id}/acknowledge', kind: 'write' },
  { name: 'add_incident_note', method: 'post', path: '/incidents/{id}/notes', kind: 'write' },
  { name: 'create_silence', method: 'post', path: '/clusters/{id}/silences', kind: 'write' },
  {
    name: 'request_action',
    method: 'post',
    path: '/automation/execute',
    kind: 'write',
    hint: 'A request, not the action: a person approves or rejects it. Ask with dry_run=true first.',
  },
];

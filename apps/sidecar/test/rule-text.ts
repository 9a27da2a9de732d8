/** A rule file with one group; each entry is `name: expression` with an id made from the name and a version. */
export function ruleText(rules: readonly { name: string; expr?: string; version?: number }[]): string {
  if (rules.length === 0) return 'groups: []\n';
  const entries = rules.map(
    ({ name, expr = 'vector(0) > 1', version = 1 }) =>
      `      - alert: ${name}\n        expr: '${expr}'\n        annotations:\n          alertagent_rule_id: ${ruleId(name)}\n          alertagent_rule_version: "${version}"\n`,
  );
  return `groups:\n  - name: alertagent\n    rules:\n${entries.join('')}`;
}

/** The id that `ruleText` gives a rule. */
export function ruleId(name: string): string {
  return `0190b8f0-2222-7000-8000-${Buffer.from(name).toString('hex').padStart(12, '0').slice(-12)}`;
}

/** An Alertmanager configuration whose receiver authenticates with the webhook token. */
export function alertmanagerText(receiver: string): string {
  return [
    'route:',
    `  receiver: ${receiver}`,
    'receivers:',
    `  - name: ${receiver}`,
    '    webhook_configs:',
    '      - url: http://127.0.0.1:9/api/v1/alerts/webhook',
    '        http_config:',
    '          authorization:',
    '            credentials_file: alertagent-webhook.token',
    '',
  ].join('\n');
}

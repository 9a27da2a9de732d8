import { canaryGroup, canaryInstance, canaryRule, isCanary } from './canary';
import { renderAlertmanagerConfig } from './alertmanager/alertmanager-config';
import { readRuleFile, renderRuleFile } from './rules/rule-file';

describe('the canary', () => {
  it('is a rule like any other, and is read back as the one it is', () => {
    const { content } = renderRuleFile([canaryRule], [canaryGroup]);
    expect(readRuleFile(content)).toEqual([
      { rule_id: 'alertagent-canary', rule_version: 1, group: 'alertagent-canary', name: 'AlertAgentCanary' },
    ]);
    expect(content).toContain('{{ $externalURL }}');
  });

  it('is known by its name and source together, and its Prometheus by its URL', () => {
    const labels = { alertname: 'AlertAgentCanary', source: 'alertagent', prometheus_url: 'http://p0:9090' };
    expect(isCanary(labels)).toBe(true);
    expect(isCanary({ ...labels, source: 'me' })).toBe(false);
    expect(isCanary({ ...labels, alertname: 'AlertAgentSidecarSilent' })).toBe(false);
    expect(canaryInstance(labels)).toBe('http://p0:9090');
    expect(canaryInstance({ ...labels, prometheus_url: 5 })).toBe('');
  });

  it('has a route of its own where it is on, and changes no byte where it is not', () => {
    const input = { webhook_url: 'http://alertagent/hook', credentials_file: 'token' };
    expect(renderAlertmanagerConfig({ ...input, canary: true }).content).toContain('AlertAgentCanary');
    expect(renderAlertmanagerConfig({ ...input, canary: false })).toEqual(renderAlertmanagerConfig(input));
  });
});

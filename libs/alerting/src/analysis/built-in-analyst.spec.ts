import { decide } from '../decisions/decide';
import { defaultThresholds } from '../decisions/decision-policy';
import { analyseBuiltIn, type BuiltInAnalysisInput } from './built-in-analyst';

const labels = { alertname: 'HighCPU', instance: 'a:9100', severity: 'critical' };
const input: BuiltInAnalysisInput = {
  alert: { name: 'HighCPU', severity: 'critical', labels, annotations: { runbook_url: 'https://runbooks/cpu' } },
  similar: [
    { incident_id: 'i1', title: 'HighCPU', labels, resolution: 'restarted the exporter', resolved_after_ms: 1_500_000 },
    { incident_id: 'i2', title: 'Other', labels: { alertname: 'X' }, resolution: 'nothing', resolved_after_ms: 1 },
  ],
  rule: { expression: 'cpu > 0.9', annotations: {} },
};

it('says that it is rule-based, and draws on rule, runbook and similar incidents', () => {
  const result = analyseBuiltIn(input);
  expect(result.analyst).toBe('built-in');
  expect(result.root_cause).toMatch(/^Rule-based summary/);
  expect(result.root_cause).toContain('cpu > 0.9');
  expect(result.suggested_actions[0]).toContain('https://runbooks/cpu');
  expect(result.suggested_actions[1]).toContain('restarted the exporter');
  expect(result.similar_incidents).toEqual([
    { incident_id: 'i1', similarity: 1, resolution: 'restarted the exporter' },
  ]);
  expect(result.estimated_resolution_time).toBe('25m');
});

it('knows little and says so when there is nothing to go by', () => {
  const result = analyseBuiltIn({
    alert: { name: '', severity: null, labels: {}, annotations: {} },
    similar: [],
    rule: null,
  });
  expect(result).toMatchObject({ confidence: 0.5, similar_incidents: [], estimated_resolution_time: null });
  expect(result.suggested_actions).toHaveLength(1);
});

it.each(['none', 'info', 'warning', 'critical', null])('severity %s is never closed on its word alone', (severity) => {
  const result = analyseBuiltIn({ ...input, alert: { ...input.alert, severity } });
  expect(result.severity_score).toBeGreaterThanOrEqual(0);
  expect(decide(result, { thresholds: defaultThresholds, rules: [] }).action).not.toBe('auto_resolve');
});

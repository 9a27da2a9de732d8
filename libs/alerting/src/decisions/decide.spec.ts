import fc from 'fast-check';
import { decide as decideByPolicy, type Decision, type DecisionInput } from './decide';
import { defaultThresholds, type DecisionThresholds } from './decision-policy';

const decide = (input: DecisionInput, thresholds: DecisionThresholds): Decision =>
  decideByPolicy(input, { thresholds, rules: [] });

function input(severity_score: number | null, confidence: number | null): DecisionInput {
  return { severity_score, confidence, suggested_actions: ['rm -rf /'] };
}

it.each([
  [0.29, 0.81, 'auto_resolve', 'low', false],
  [0.3, 0.81, 'smart_routing', 'medium', false],
  [0.29, 0.8, 'smart_routing', 'medium', false],
  [0.6, 0.9, 'smart_routing', 'medium', false],
  [0.61, 0.9, 'smart_routing', 'high', false],
  [0.71, 0.9, 'smart_routing', 'high', true],
  [0.8, 0.5, 'smart_routing', 'high', true],
  [0.81, 0.99, 'immediate_escalation', 'critical', true],
  [0.1, 0.49, 'immediate_escalation', 'critical', true],
])('severity %d with confidence %d means %s', (severity, confidence, action, priority, escalation_required) => {
  expect(decide(input(severity, confidence), defaultThresholds)).toMatchObject({
    action,
    priority,
    escalation_required,
  });
});

it.each([
  [null, 0.9],
  [0.1, null],
  [NaN, 0.9],
  [0.1, Infinity],
  [-0.1, 0.9],
  [0.1, 1.1],
])('scores %p and %p cannot be used, so somebody is woken', (severity, confidence) => {
  expect(decide(input(severity, confidence), defaultThresholds)).toMatchObject({
    action: 'immediate_escalation',
    reason: expect.stringContaining('no usable') as string,
  });
});

it('text from a model never becomes part of a decision to resolve', () => {
  expect(JSON.stringify(decide(input(0.1, 0.9), defaultThresholds))).not.toContain('rm -rf');
});

it('the recommended team gets a routed incident, else the default team', () => {
  expect(decide({ ...input(0.5, 0.7), recommended_team: 'db' }, defaultThresholds).target_team).toBe('db');
  expect(decide({ ...input(0.5, 0.7), recommended_team: ' ' }, defaultThresholds).target_team).toBe('platform');
});

it('thresholds that allow both are read in favour of waking somebody', () => {
  const careless = { ...defaultThresholds, auto_resolve_below_severity: 1, auto_resolve_above_confidence: 0 };
  expect(decide(input(0.9, 0.9), careless).action).toBe('immediate_escalation');
});

it('thresholds that are no numbers leave the decision to a person', () => {
  expect(decide(input(0.1, 0.9), { ...defaultThresholds, escalate_above_severity: NaN }).action).toBe('manual_review');
});

it('a decision names the version of its thresholds, which changes exactly when they do', () => {
  const version = decide(input(0.5, 0.5), defaultThresholds).policy_version;
  expect(decide(input(0.1, 0.9), { ...defaultThresholds }).policy_version).toBe(version);
  const stricter = { ...defaultThresholds, escalate_above_severity: 0.7 };
  expect(decide(input(0.5, 0.5), stricter).policy_version).not.toBe(version);
});

it('every pair of numbers leads to exactly one decision with a reason', () => {
  fc.assert(
    fc.property(fc.double(), fc.double(), (severity, confidence) => {
      const decision = decide(input(severity, confidence), defaultThresholds);
      expect(decision.reason).not.toBe('');
      if (decision.action === 'auto_resolve') expect(severity < 0.3 && confidence > 0.8).toBe(true);
    }),
  );
});

import fc from 'fast-check';
import { checkDecisionPolicy } from './check-decision-policy';
import { decide, type DecisionInput } from './decide';
import { DECISION_OUTCOMES, defaultThresholds, policyVersion, type DecisionPolicy } from './decision-policy';

const input = (changes: Partial<DecisionInput> = {}): DecisionInput => ({
  severity_score: 0.1,
  confidence: 0.9,
  suggested_actions: [],
  alert: { name: 'Down', severity: 'critical', cluster: 'c', labels: { env: 'production' } },
  ...changes,
});
const policy = (when: string, more: object = {}): DecisionPolicy => ({
  thresholds: defaultThresholds,
  rules: [{ name: 'r', when, action: 'manual_review', priority: 'high', escalation_required: false, ...more }],
});

describe('a policy with rules', () => {
  it('decides by the first rule that holds, and by the thresholds where none does', () => {
    expect(decide(input(), policy("labels.env == 'production'"))).toMatchObject({
      action: 'manual_review',
      reason: 'the rule "r" of the policy holds',
      policy_version: expect.stringMatching(/^policy-/) as string,
    });
    expect(decide(input(), policy("labels.env == 'test'")).action).toBe('auto_resolve');
  });

  it('holds for nothing where a label that it reads is missing', () => {
    expect(decide(input(), policy("labels.missing == 'x'")).action).toBe('auto_resolve');
  });

  it('cannot keep people asleep where the thresholds call them', () => {
    const careless = policy('true', { action: 'auto_resolve', priority: 'low' });
    expect(decide(input({ severity_score: 0.9 }), careless).action).toBe('immediate_escalation');
    expect(decide(input({ confidence: null }), careless).action).toBe('immediate_escalation');
  });

  it('is refused with a pointer when a condition cannot be read, is no condition or repeats a name', () => {
    expect(checkDecisionPolicy(policy('severity_score >'))).toMatchObject([{ pointer: '/rules/0/when' }]);
    expect(checkDecisionPolicy(policy('severity_score'))).toMatchObject([{ code: 'bad_condition' }]);
    expect(checkDecisionPolicy(policy("labels.a.matches('(a+)+$')"))).toMatchObject([{ code: 'bad_condition' }]);
    const twice = policy('true');
    expect(checkDecisionPolicy({ ...twice, rules: [...twice.rules, ...twice.rules] })).toMatchObject([
      { pointer: '/rules/1/name', code: 'duplicate' },
    ]);
    expect(
      checkDecisionPolicy({ rules: [], thresholds: { ...defaultThresholds, escalate_above_severity: 2 } }),
    ).toMatchObject([{ pointer: '/thresholds/escalate_above_severity' }]);
    expect(checkDecisionPolicy(policy('confidence > 0.95 && severity_score < 0.2'))).toEqual([]);
  });

  it('has the version of its thresholds while it has no rules, so that older decisions keep theirs', () => {
    expect(policyVersion({ thresholds: defaultThresholds, rules: [] })).toMatch(/^thresholds-[0-9a-f]{12}$/);
    expect(policyVersion(policy('true'))).not.toBe(policyVersion(policy('false')));
  });
});

describe('10,000 stored decisions', () => {
  const score = fc.option(fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ noNaN: true })));
  const condition = fc.constantFrom(
    'severity_score < 0.4 && confidence > 0.7',
    "labels.env == 'production'",
    "severity in ['critical', 'page'] || team == 'db'",
    "cluster.startsWith('prod') && !(name == 'Down')",
  );
  const stored = fc.record({
    input: fc.record({
      severity_score: score,
      confidence: score,
      suggested_actions: fc.array(fc.string(), { maxLength: 3 }),
      recommended_team: fc.option(fc.constantFrom('db', 'web', ' ')),
      alert: fc.option(
        fc.record({
          name: fc.constantFrom('Down', 'Slow'),
          severity: fc.option(fc.constantFrom('critical', 'warning')),
          cluster: fc.constantFrom('prod-1', 'test'),
          labels: fc.dictionary(fc.constantFrom('env', 'team'), fc.constantFrom('production', 'x')),
        }),
      ),
    }),
    rules: fc.array(
      fc.record({
        name: fc.string({ minLength: 1 }),
        when: condition,
        action: fc.constantFrom(...DECISION_OUTCOMES),
        priority: fc.constantFrom('low' as const, 'high' as const),
        escalation_required: fc.boolean(),
      }),
      { maxLength: 3 },
    ),
    thresholds: fc.record({
      auto_resolve_below_severity: fc.double({ min: 0, max: 1, noNaN: true }),
      escalate_above_severity: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  });

  it('are made again bit by bit from what a database gives back', () => {
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(stored, ({ input, rules, thresholds }) => {
        const made = { input, policy: { thresholds: { ...defaultThresholds, ...thresholds }, rules } };
        const first = decide(made.input, made.policy);
        const read = JSON.parse(JSON.stringify(made)) as typeof made;
        const again = decide(read.input, read.policy);
        outcomes.add(again.action);
        expect(JSON.stringify(again)).toBe(JSON.stringify(first));
      }),
      { numRuns: 10_000, seed: 6 },
    );
    expect(outcomes).toEqual(new Set(DECISION_OUTCOMES));
  });
});

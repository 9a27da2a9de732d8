import { resolveTargets, validateRules, type RuleValidationInput } from '@alertagent/contracts';
import { pollUntil, sharedStack } from '@alertagent/local-stack';
import { answers, fakePeer, startService, type FakePeer, type TestService } from '@alertagent/service-kit/testing';
import { rulesService } from '../src/rules-service';

describe('rules that nobody has saved', () => {
  const stack = sharedStack();
  let service: TestService;
  let gateway: FakePeer;
  let clusters: FakePeer;

  beforeAll(async () => {
    const nats = await stack.startTestNats();
    gateway = await fakePeer({ natsUrl: nats.url, service: 'gateway', answers: [] });
    clusters = await fakePeer({
      natsUrl: nats.url,
      service: 'clusters',
      answers: [answers(resolveTargets, () => ({ clusters: [], unknown: [] }))],
    });
    service = await startService(rulesService, {
      natsUrl: nats.url,
      config: { rules: { check_severities: { 'missing-for': 'error', 'missing-runbook': 'off' } } },
    });
    await pollUntil(() => validate({ expression: 'up' }), { what: 'the rules service answers', timeoutMs: 30_000 });
  }, 120_000);

  afterAll(async () => {
    await service.close();
    await Promise.all([gateway.close(), clusters.close()]);
    await stack.close();
  });

  const validate = (input: RuleValidationInput) => gateway.request(validateRules, input);

  it('are judged by the version that is asked for, and by 2.42 unless one is', async () => {
    await expect(validate({ expression: '{"a.b"}' })).resolves.toMatchObject({ valid: false });
    await expect(validate({ expression: '{"a.b"}', prometheus_version: '2.53.3' })).resolves.toEqual({
      valid: true,
      problems: [],
    });
    await expect(validate({ expression: 'rate(foo)' })).resolves.toMatchObject({
      valid: false,
      problems: [{ check: 'promql/type', severity: 'error', line: 1, column: 9, pointer: '/expression', fix: '[5m]' }],
    });
  });

  it('show their habits with the configured severities, unless nobody wants to know', async () => {
    const yaml = 'groups:\n- name: g\n  rules:\n  - {alert: A, expr: up == 0, labels: {severity: page}}\n';
    const { valid, problems } = await validate({ yaml });
    expect(valid).toBe(true);
    expect(problems.map(({ check, severity }) => [check, severity])).toEqual([
      ['missing-for', 'error'],
      ['missing-summary', 'warning'],
    ]);
    await expect(validate({ yaml, lint: false })).resolves.toEqual({ valid: true, problems: [] });
  });

  it('keep labels with the names of built-in properties on their way', async () => {
    const labels = JSON.parse('{"__proto__": "{{", "constructor": "{{"}') as object;
    const { problems } = await validate({ rule: { name: 'A', expression: 'up', labels }, lint: false });
    expect(problems.map(({ pointer }) => pointer)).toEqual(['/labels/__proto__', '/labels/constructor']);
  });

  it.each<[string, RuleValidationInput]>([
    ['nothing', {}],
    ['two things', { expression: 'up', yaml: '' }],
    ['a version that is none', { expression: 'up', prometheus_version: 'new' }],
  ])('are refused with %s', async (_, input) => {
    await expect(validate(input)).rejects.toMatchObject({ code: 'invalid' });
  });
});

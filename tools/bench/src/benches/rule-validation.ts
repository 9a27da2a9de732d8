import type { RuleValidationVerdict } from '@alertagent/contracts';
import { AlertAgent } from '@alertagent/e2e/alertagent';
import { profilingEnv, type Bench } from '../bench';
import { withCleanUp } from '../clean-up';
import type { Figure } from '../figure';
import { median } from '../percentile';
import { ruleFileOf } from '../rules-stand';

const RULES = 500;
const ROUNDS = 5;

/** How long the judgement of a rule takes. */
export const ruleValidation: Bench = {
  name: 'rule-validation',
  summary: `POST /rules/validate with a file of ${RULES} rules, every check on, per rule`,
  run: (settings) =>
    withCleanUp(async (later) => {
      settings.say('starting AlertAgent');
      const agent = await AlertAgent.start({ env: profilingEnv(settings) });
      later(() => agent.stop());
      return measure(agent);
    }),
};

async function measure(agent: AlertAgent): Promise<Figure[]> {
  const file = ruleFileOf(RULES);
  await validate(agent, file);
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) times.push((await validate(agent, file)) / RULES);
  return [
    {
      name: 'validation of a rule',
      value: median(times),
      unit: 'ms',
      goal: { of: 'value', direction: 'at most', bound: 5 },
      note: `a file of ${RULES} rules at once, over REST`,
    },
  ];
}

async function validate(agent: AlertAgent, yaml: string): Promise<number> {
  const began = performance.now();
  const { status, body } = await agent.call<RuleValidationVerdict>('POST', '/api/v1/rules/validate', { yaml });
  const ms = performance.now() - began;
  if (status !== 200 || !body.valid) throw new Error(`the file is not valid: ${JSON.stringify(body).slice(0, 500)}`);
  return ms;
}

import { checkInvariants } from '../../invariants';
import type { FaultRow, RowContext, RowResult } from '../../row';
import { ADMIN_TOKEN } from '../../stand';

const EDITORS = 8;
const DEFAULT_ROUNDS = 50;

interface Rule {
  id: string;
  version: number;
  expression: string;
}

/** Several people save the same rule, each having read the same version of it. */
export const editorsMeet: FaultRow = {
  id: 'F71',
  title: `rules: ${EDITORS} editors save the same version of a rule at once`,
  bar: 'one is answered 200 and his text stays, the others 412; each round is one version',
  sabotages: { 'last-writer-wins': 'the expected version is not looked at: everybody is answered 200' },
  run,
};

async function run(context: RowContext): Promise<RowResult> {
  const rounds = context.options.n ?? DEFAULT_ROUNDS;
  const stand = await context.stand({ services: ['rules', 'clusters'] });
  // A selector that no cluster answers to: nothing but the rule is written.
  const targets = [{ labels: { nobody: 'has it' } }];
  const body = (expression: string) => ({ name: 'Contested', expression, targets });
  const made = await stand.call<Rule>('POST', '/rules', body('up == 0'));
  if (made.status !== 201) throw new Error(`the rule was refused with ${made.status}`);
  const path = `/rules/${made.body.id}`;
  const save = async (version: number, expression: string): Promise<number> => {
    const response = await fetch(`${stand.gateway.url}/api/v1${path}`, {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${ADMIN_TOKEN}`,
        'content-type': 'application/json',
        'if-match': `"${version}"`,
      },
      body: JSON.stringify(body(expression)),
      signal: AbortSignal.timeout(30_000),
    });
    await response.arrayBuffer();
    return response.status;
  };

  const problems: string[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const texts = Array.from({ length: EDITORS }, (_, editor) => `up == ${round * EDITORS + editor}`);
    const statuses = await Promise.all(texts.map((text) => save(round, text)));
    const { body: rule } = await stand.call<Rule>('GET', path);
    const winners = texts.filter((_, editor) => statuses[editor] === 200);
    if (winners.length !== 1 || statuses.some((status) => status !== 200 && status !== 412))
      problems.push(`round ${round} was answered ${statuses.join(', ')}`);
    if (rule.version !== round + 1 || rule.expression !== winners[0])
      problems.push(`round ${round} left version ${rule.version}: ${rule.expression}`);
    // What follows would tell the same again.
    if (problems.length > 0) break;
  }
  const findings = await checkInvariants(stand);
  return {
    figures: { ...findings.figures, rounds, editors: EDITORS },
    problems: [...findings.problems, ...problems],
  };
}

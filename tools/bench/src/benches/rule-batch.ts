import type { RuleBatchDetail, RuleBatchInput, RulePage } from '@alertagent/contracts';
import type { Bench } from '../bench';
import type { Figure } from '../figure';
import { onEachDatabase, ruleFileOf, type RulesStand } from '../rules-stand';

const RULES = 500;
/** A cluster more costs each rule a distribution and an event. */
const CLUSTERS = ['bench-a', 'bench-b'];

/** How long one operation on many rules takes. */
export const ruleBatch: Bench = {
  name: 'rule-batch',
  summary: `each operation of POST /rules/batch on ${RULES} rules, on SQLite and on MariaDB`,
  run: (settings) => onEachDatabase(settings, measure),
};

async function measure(stand: RulesStand): Promise<Figure[]> {
  for (const name of CLUSTERS) await stand.cluster(name);
  await stand.import(ruleFileOf(RULES));
  const ids = await ruleIds(stand);
  const operations: Omit<RuleBatchInput, 'rule_ids'>[] = [
    { operation: 'distribute', targets: CLUSTERS },
    { operation: 'relabel', set_labels: { tier: 'bench' } },
    { operation: 'disable' },
    { operation: 'enable' },
    { operation: 'retarget', targets: CLUSTERS.slice(0, 1) },
    { operation: 'delete' },
  ];
  const figures: Figure[] = [];
  for (const operation of operations) {
    const ms = await carryOut(stand, { ...operation, rule_ids: ids });
    stand.say(`${operation.operation}: ${Math.round(ms)} ms`);
    figures.push({
      name: `batch of ${RULES}: ${operation.operation}, ${stand.database}`,
      value: ms,
      unit: 'ms',
      goal: { of: 'value', direction: 'at most', bound: 5_000 },
    });
  }
  return figures;
}

async function ruleIds({ agent }: RulesStand): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null | undefined;
  do {
    const query = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
    const page = await agent.get<RulePage>(`/rules?limit=100${query}`);
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.next_cursor;
  } while (cursor);
  return ids;
}

/** Milliseconds until the batch's end is seen. Errors: a rule was not changed. */
async function carryOut({ agent }: RulesStand, batch: RuleBatchInput): Promise<number> {
  const began = performance.now();
  const made = await agent.call<RuleBatchDetail>('POST', '/api/v1/rules/batch', batch);
  if (made.status !== 200) throw new Error(`the batch was refused: ${JSON.stringify(made.body)}`);
  let seen = made.body;
  // The answer does not wait for a long one.
  while (seen.state !== 'finished') seen = await agent.get<RuleBatchDetail>(`/rule-batches/${seen.id}`);
  const ms = performance.now() - began;
  if (seen.done !== batch.rule_ids.length)
    throw new Error(`${seen.done} of ${batch.rule_ids.length} rules were changed`);
  return ms;
}

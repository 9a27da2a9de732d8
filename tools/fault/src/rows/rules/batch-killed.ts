import { pollUntil } from '@alertagent/local-stack';
import { checkInvariants } from '../../invariants';
import type { FaultRow, RowContext, RowResult } from '../../row';
import type { Stand } from '../../stand';

const RULES = 500;
const DEFAULT_KILLS = 3;

interface Batch {
  id: string;
  state: 'running' | 'finished';
  total: number;
  waiting: number;
  items: { rule_id: string; status: string; version: number | null }[];
}

interface RulePage {
  items: { id: string; version: number; enabled: boolean }[];
  next_cursor: string | null;
}

/** The process that works on a batch is killed again and again. */
export const batchKilled: FaultRow = {
  id: 'F72',
  title: `rules: kill -9 in the middle of a batch of ${RULES}`,
  bar: 'every rule has a result, was changed exactly once, and the batch ends by itself',
  sabotages: { 'batch-abandoned': 'nobody goes on with what a crash interrupted' },
  run,
};

async function run(context: RowContext): Promise<RowResult> {
  const kills = context.options.kills ?? DEFAULT_KILLS;
  const stand = await context.stand({ services: ['rules'] });
  const service = stand.others[0]!;
  await makeRules(stand);
  const ids = (await allRules(stand)).map(({ id }) => id);
  // The answer may die with the process.
  const asked = stand.call('POST', '/rules/batch', { operation: 'disable', rule_ids: ids }).catch(() => undefined);
  let waiting = ids.length;
  let killed = 0;
  while (killed < kills) {
    // Dead in the middle: some rules are done, some are not.
    const before = await batchNow(stand, ({ waiting: now, state }) => now < waiting || state === 'finished');
    if (before.state === 'finished') break;
    waiting = before.waiting;
    const lives = service.lives.length;
    service.kill('SIGKILL');
    await pollUntil(() => service.lives.length > lives, { what: 'the process to be dead', timeoutMs: 30_000 });
    await service.whenReady();
    killed += 1;
    context.log(`killed with ${waiting} of ${ids.length} rules waiting`);
  }
  await asked;
  const end = await batchNow(stand, ({ state }) => state === 'finished');
  const rules = await allRules(stand);
  const findings = await checkInvariants(stand);
  const { problems } = findings;
  const without = end.items.filter(({ status, version }) => status !== 'done' || version !== 2).length;
  if (end.items.length !== ids.length || without > 0) problems.push(`${without} of ${end.items.length} are not done`);
  const wrong = rules.filter(({ version, enabled }) => version !== 2 || enabled).length;
  if (wrong > 0) problems.push(`${wrong} rules were not changed exactly once`);
  if (killed === 0) problems.push('the batch was over before anything was killed');
  return { figures: { ...findings.figures, rules: ids.length, kills: killed }, problems };
}

async function makeRules(stand: Stand): Promise<void> {
  const rules = Array.from({ length: RULES }, (_, index) => `  - {alert: Batch${index}, expr: up == ${index}}`);
  const yaml = ['groups:', '- name: batch', '  rules:', ...rules].join('\n');
  const started = await stand.call<{ id: string }>('POST', '/rules/import', { yaml });
  if (started.status !== 202) throw new Error(`the import was refused with ${started.status}`);
  const path = `/rules/imports/${started.body.id}`;
  await pollUntil(async () => (await stand.call<{ state: string }>('GET', path)).body.state === 'done', {
    what: 'the rules to be there',
    timeoutMs: 120_000,
  });
}

async function allRules(stand: Stand): Promise<RulePage['items']> {
  const rules: RulePage['items'] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const query: string = `?limit=100${cursor ? `&cursor=${cursor}` : ''}`;
    const { status, body } = await stand.call<RulePage>('GET', `/rules${query}`);
    if (status !== 200) throw new Error(`the list was answered with ${status}`);
    rules.push(...body.items);
    cursor = body.next_cursor;
  }
  return rules;
}

/** The only batch, once it is as wanted. */
async function batchNow(stand: Stand, isMeant: (batch: Batch) => boolean): Promise<Batch> {
  return pollUntil(
    async () => {
      const { body } = await stand.call<{ items?: Batch[] }>('GET', '/rule-batches?limit=1');
      const [listed] = body.items ?? [];
      if (!listed || !isMeant(listed)) return null;
      const found = await stand.call<Batch>('GET', `/rule-batches/${listed.id}`);
      return found.status === 200 ? found.body : null;
    },
    { what: 'the batch to go on', timeoutMs: 120_000, intervalMs: 20 },
  );
}

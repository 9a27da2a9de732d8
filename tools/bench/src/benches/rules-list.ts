import type { RulePage } from '@alertagent/contracts';
import type { Bench } from '../bench';
import type { Figure } from '../figure';
import { percentile } from '../percentile';
import { onEachDatabase, ruleFileOf, type RulesStand } from '../rules-stand';

const RULES = 10_000;
/** Pages of each list, one after the other. */
const PAGES = 30;
const PAGE = 50;

/** Queries of `GET /rules`; each is also read page by page. */
const LISTS: readonly Record<string, string>[] = [
  {},
  { sort: 'name' },
  { sort: '-updated' },
  { sort: 'group' },
  { severity: 'critical' },
  { group: 'service-17' },
  { name: 'many99' },
  { name: 'nothing has it' },
  { text: 'service-4' },
  { text: 'nothing has it' },
  { cluster_id: 'bench' },
  { labels: 'team="team-3"' },
  { labels: 'team=~"team-1.*",severity!="info"' },
  { labels: 'team=~"nobody"' },
  { labels: 'team="team-3",severity="info"', text: 'service', sort: 'name' },
];

/** Whether rules are found at once when there are many. */
export const rulesList: Bench = {
  name: 'rules-list',
  summary: `p95 of the list, its orders, filters and searches over ${RULES} rules, page by page, on SQLite and on MariaDB`,
  run: (settings) => onEachDatabase(settings, measure),
};

async function measure(stand: RulesStand): Promise<Figure[]> {
  const cluster = await stand.cluster('bench');
  // In two halves, only one of which runs anywhere: one body holds no more than 8 MiB.
  stand.say(`${RULES} rules`);
  await stand.import(ruleFileOf(RULES));
  await stand.import(ruleFileOf(100), cluster);
  const all: number[] = [];
  let slowest = { what: '', p95: 0 };
  for (const query of LISTS) {
    await pages(stand, query, 3);
    const times = await pages(stand, query, PAGES);
    all.push(...times);
    const p95 = percentile(times, 0.95);
    const what = new URLSearchParams(query).toString() || 'all';
    stand.say(`${what}: ${p95.toFixed(1)} ms`);
    if (p95 >= slowest.p95) slowest = { what, p95 };
  }
  return [
    { name: `lists over ${RULES} rules, p95, ${stand.database}`, value: percentile(all, 0.95), unit: 'ms' },
    {
      name: `the slowest list, p95, ${stand.database}`,
      value: slowest.p95,
      unit: 'ms',
      goal: { of: 'value', direction: 'at most', bound: 100 },
      note: slowest.what,
    },
  ];
}

/** Milliseconds of each page; a list that ends begins again. */
async function pages({ agent }: RulesStand, query: Record<string, string>, count: number): Promise<number[]> {
  const times: number[] = [];
  let cursor: string | null | undefined;
  for (let page = 0; page < count; page += 1) {
    const asked = new URLSearchParams({ ...query, limit: String(PAGE), ...(cursor ? { cursor } : {}) });
    const began = performance.now();
    const answer = await agent.get<RulePage>(`/rules?${asked.toString()}`);
    times.push(performance.now() - began);
    cursor = answer.next_cursor;
  }
  return times;
}

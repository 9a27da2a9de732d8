import type { RulePage } from '@alertagent/contracts';
import type { Bench } from '../bench';
import type { Figure } from '../figure';
import { percentile } from '../percentile';
import { onEachDatabase, ruleFileOf, type RulesStand } from '../rules-stand';

const RULES = 10_000;
/** Pages of each list that are measured, and before that. */
const PAGES = 40;
const WARM_UP_PAGES = 3;
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
  const lists = LISTS.map((query) => new List(stand, query));
  const [plain] = lists;
  const first = plain === undefined ? 0 : await plain.next();
  // Round by round, as people ask: one list after the other would time the program's own warming up as the first list's.
  for (let round = 0; round < WARM_UP_PAGES; round += 1) for (const list of lists) await list.next();
  for (let round = 0; round < PAGES; round += 1) for (const list of lists) list.times.push(await list.next());
  for (const list of lists) stand.say(`${list.name}: ${list.p95.toFixed(1)} ms`);
  const slowest = lists.reduce((one, other) => (other.p95 > one.p95 ? other : one));
  const all = lists.flatMap(({ times }) => times);
  return [
    { name: `the first list after the import, ${stand.database}`, value: first, unit: 'ms' },
    { name: `lists over ${RULES} rules, p95, ${stand.database}`, value: percentile(all, 0.95), unit: 'ms' },
    {
      name: `the slowest list, p95, ${stand.database}`,
      value: slowest.p95,
      unit: 'ms',
      goal: { of: 'value', direction: 'at most', bound: 100 },
      note: slowest.name,
    },
  ];
}

/** One query, read page by page; a list that ends begins again. */
class List {
  /** Milliseconds of each page that counts. */
  readonly times: number[] = [];
  readonly name: string;
  private cursor: string | null | undefined;

  constructor(
    private readonly stand: RulesStand,
    private readonly query: Record<string, string>,
  ) {
    this.name = new URLSearchParams(query).toString() || 'all';
  }

  get p95(): number {
    return percentile(this.times, 0.95);
  }

  /** Milliseconds that the next page took. */
  async next(): Promise<number> {
    const asked = { ...this.query, limit: String(PAGE), ...(this.cursor ? { cursor: this.cursor } : {}) };
    const began = performance.now();
    const answer = await this.stand.agent.get<RulePage>(`/rules?${new URLSearchParams(asked).toString()}`);
    this.cursor = answer.next_cursor;
    return performance.now() - began;
  }
}

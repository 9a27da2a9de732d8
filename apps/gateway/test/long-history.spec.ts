import type { AlertPage } from '../src/alerts/alert.dto';
import { MOST_LOOKED_AT } from '../src/alerts/search-reach';
import type { IncidentPage } from '../src/incidents/incident.dto';
import { AlertStand, DATABASES } from './alert-stand';
import { alert, message } from './webhooks';

/** More incidents than one page of a search looks at. */
const LATER = MOST_LOOKED_AT + 5;

describe.each(DATABASES)('a search through a long history on %s', (kind) => {
  let stand: AlertStand;

  const number = (first: string): string =>
    kind === 'SQLite'
      ? `'${first.padEnd(8, 'f')}-0000-7000-8000-' || printf('%012d', a.n * 150 + b.n)`
      : `CONCAT('${first.padEnd(8, 'f')}-0000-7000-8000-', LPAD(a.n * 150 + b.n, 12, '0'))`;

  /** Repeats the only row of a table, with ids that come later and these values. */
  const copy = async (table: string, rows: number, values: Record<string, string>): Promise<void> => {
    const [row]: Record<string, unknown>[] = await stand.database.query(`SELECT * FROM ${table}`);
    const names = Object.keys(row!);
    const copies = { id: number('f'), ...values };
    // MariaDB takes a thousand steps at most.
    const numbers = 'WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 149)';
    await stand.database.query(
      `INSERT INTO ${table} (${names.join(', ')}) ${numbers} ` +
        `SELECT ${names.map((name) => (copies as Record<string, string>)[name] ?? name).join(', ')} ` +
        `FROM numbers a, numbers b, ${table} WHERE a.n * 150 + b.n < ${rows}`,
    );
  };

  beforeAll(async () => {
    stand = await AlertStand.start(kind);
    await stand.deliver(message(alert({ labels: { service: 'needle' } })));
    await stand.settled();
    await copy('incidents', LATER, { open_key: 'NULL', title: "'hay'" });
    const isEven = '(a.n * 150 + b.n) % 2 = 0';
    await copy('alerts', 2 * LATER, {
      episode_key: number('1'),
      label_hash: number('2'),
      severity: `CASE WHEN ${isEven} THEN 'page' ELSE severity END`,
      status: `CASE WHEN ${isEven} THEN status ELSE 'resolved' END`,
    });
    await stand.database.query("UPDATE incidents SET priority = 1 WHERE title <> 'hay'");
    await stand.database.query("UPDATE alerts SET name = 'Needle' WHERE labels LIKE '%needle%' AND id < 'f'");
  }, 120_000);
  afterAll(() => stand?.stop(), 30_000);

  const page = (query: string): Promise<IncidentPage> => stand.get<IncidentPage>(`/incidents?${query}`);

  it('looks at so many incidents per page, and goes on where it stopped', async () => {
    const first = await page('q=needle');
    expect([first.items, first.next_cursor]).toEqual([[], expect.any(String)]);
    const second = await page(`q=needle&cursor=${first.next_cursor}`);
    expect(second.items.map(({ title }) => title)).toEqual([expect.stringContaining('needle')]);
    expect(second.next_cursor).toBeNull();
  });

  it('looks at no more for the incidents of a storm, of which there may be none', async () => {
    const first = await page('storm=true');
    expect([first.items, first.next_cursor]).toEqual([[], expect.any(String)]);
  });

  it('finds what is on its page, also when that is full', async () => {
    const first = await page('q=hay&limit=2');
    expect(first.items).toHaveLength(2);
    const second = await page(`q=hay&limit=2&cursor=${first.next_cursor}`);
    expect(second.items[0]!.id < first.items[1]!.id).toBe(true);
  });

  it('is not needed for a filter with an index', async () => {
    expect((await page('status=resolved')).next_cursor).toBeNull();
  });

  it('finds what is rare by one of its filters at once, however much fits the others', async () => {
    const incidents = await page('status=open&priority=P1');
    expect(incidents.items.map(({ title }) => title)).toEqual([expect.stringContaining('needle')]);
    expect(incidents.next_cursor).toBeNull();
    const alerts = await stand.get<AlertPage>('/alerts?status=firing&name=Needle');
    expect(alerts.items.map(({ labels }) => labels['service'])).toEqual(['needle']);
    expect(alerts.next_cursor).toBeNull();
  });

  it('looks at so many alerts per page, when each filter fits many and all of them none', async () => {
    const search = '/alerts?status=resolved&severity=page';
    const first = await stand.get<AlertPage>(search);
    expect([first.items, first.next_cursor]).toEqual([[], expect.any(String)]);
    const second = await stand.get<AlertPage>(`${search}&cursor=${first.next_cursor}`);
    expect([second.items, second.next_cursor]).toEqual([[], null]);
  });

  it('leaves out alerts from before the time it is asked for', async () => {
    const since = async (time: string) => (await stand.get<AlertPage>(`/alerts?since=${time}`)).items.length;
    expect([await since('2099-01-01T00:00:00Z'), await since('2020-01-01T00:00:00Z')]).toEqual([0, 50]);
  });
});

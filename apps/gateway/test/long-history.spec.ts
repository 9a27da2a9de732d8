import type { AlertPage } from '../src/alerts/alert.dto';
import { MOST_LOOKED_AT } from '../src/incidents/incident-queries';
import type { IncidentPage } from '../src/incidents/incident.dto';
import { AlertStand, DATABASES } from './alert-stand';
import { alert, message } from './webhooks';

/** More incidents than one page of a search looks at. */
const LATER = MOST_LOOKED_AT + 5;

describe.each(DATABASES)('a search through a long history on %s', (kind) => {
  let stand: AlertStand;
  beforeAll(async () => {
    stand = await AlertStand.start(kind);
    await stand.deliver(message(alert({ labels: { service: 'needle' } })));
    await stand.settled();
    const columns = (await stand.database.query('SELECT * FROM incidents'))[0] as Record<string, unknown>;
    const names = Object.keys(columns);
    const number = kind === 'SQLite' ? "printf('%012d', a.n * 150 + b.n)" : "LPAD(a.n * 150 + b.n, 12, '0')";
    const copies: Record<string, string> = {
      id:
        kind === 'SQLite' ? `'ffffffff-0000-7000-8000-' || ${number}` : `CONCAT('ffffffff-0000-7000-8000-', ${number})`,
      open_key: 'NULL',
      title: "'hay'",
    };
    const later = names.map((name) => copies[name] ?? name);
    // MariaDB takes a thousand steps at most.
    const numbers = 'WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 149)';
    await stand.database.query(
      `INSERT INTO incidents (${names.join(', ')}) ${numbers} ` +
        `SELECT ${later.join(', ')} FROM numbers a, numbers b, incidents WHERE a.n * 150 + b.n < ${LATER}`,
    );
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

  it('leaves out alerts from before the time it is asked for', async () => {
    const since = async (time: string) => (await stand.get<AlertPage>(`/alerts?since=${time}`)).items.length;
    expect([await since('2099-01-01T00:00:00Z'), await since('2020-01-01T00:00:00Z')]).toEqual([0, 1]);
  });
});

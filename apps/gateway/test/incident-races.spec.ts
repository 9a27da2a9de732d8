import type { TestService } from '@alertagent/service-kit/testing';
import type { IncidentPage, IncidentView } from '../src/incidents/incident.dto';
import { SettleSweeper } from '../src/incidents/settle-sweeper';
import { AlertStand } from './alert-stand';
import { MovingClock } from './moving-clock';
import { alert, message } from './webhooks';

const config = { gateway: { convergence: { max_alerts: 1_000 } } };

/** What people do meanwhile, with its answer. */
const DEEDS = ['merge 200', 'split 201', 'close 200'];

describe('people and time at work on incidents while alerts arrive, with two gateways on MariaDB', () => {
  const clock = new MovingClock();
  let stand: AlertStand;
  let replica: TestService;

  beforeAll(async () => {
    stand = await AlertStand.start('MariaDB', config, clock);
    replica = await stand.startReplica(config, clock);
  }, 120_000);
  afterAll(async () => {
    await replica?.close();
    await stand?.stop();
  }, 60_000);

  /** What does not add up between incidents and the alerts that belong to them. */
  async function inconsistencies(): Promise<unknown[]> {
    const rows: unknown = await stand.database.query(
      `SELECT i.id, i.status, i.alert_count, i.firing_count, i.breakdown, COUNT(a.id) AS members,
              COALESCE(SUM(a.status = 'firing'), 0) AS firing
       FROM incidents i LEFT JOIN alerts a ON a.incident_id = i.id GROUP BY i.id`,
    );
    return (rows as Record<string, unknown>[]).filter((row) => {
      const shares = Object.values(
        JSON.parse(String(row['breakdown'])) as Record<string, { alerts: number; firing: number }>,
      );
      const inShares = shares.reduce((sum, { alerts }) => sum + alerts, 0);
      const members = Number(row['members']);
      const firing = Number(row['firing']);
      const isAsCounted = row['alert_count'] === members && row['firing_count'] === firing && inShares === members;
      return !isAsCounted || (row['status'] === 'resolved') !== (firing === 0);
    });
  }

  it('merges, splits and closings lose no alert and no count', async () => {
    // Park-Miller, so that a failure can be repeated.
    let seed = 7;
    const next = (below: number): number => (seed = (seed * 16_807) % 2_147_483_647) % below;
    const urls = [stand.service.httpUrl!, replica.httpUrl!];
    const startsAt = clock.at();
    let isDelivering = true;
    let rounds = 0;
    const statuses: Record<string, number> = {};

    const deliver = async (): Promise<void> => {
      // Goes on until everything has been tried with success at least once.
      for (let round = 0; round < 60 || (round < 1_000 && !DEEDS.every((done) => statuses[done])); round++) {
        rounds += 1;
        const alerts = Array.from({ length: 10 }, (_, index) =>
          alert({
            startsAt,
            labels: { service: `race ${next(5)}`, instance: `${round}-${index}` },
          }),
        );
        const ends = Array.from({ length: 4 }, () =>
          alert({
            startsAt,
            status: 'resolved',
            endsAt: clock.at(),
            labels: { service: `race ${next(5)}`, instance: `${next(round + 1)}-${next(10)}` },
          }),
        );
        await stand.deliver(message(...alerts, ...ends), { url: urls[round % 2] });
      }
      isDelivering = false;
    };
    const interfere = async (): Promise<void> => {
      while (isDelivering) {
        const open = (await stand.get<IncidentPage>('/incidents?status=open')).items;
        const [one, other] = [open[next(Math.max(1, open.length))], open[next(Math.max(1, open.length))]];
        if (!one || !other) continue;
        const answer = await deed(one, other);
        statuses[answer] = (statuses[answer] ?? 0) + 1;
      }
    };
    const deed = async (one: IncidentView, other: IncidentView): Promise<string> => {
      const turn = next(4);
      const path = `/incidents/${one.id}`;
      if (turn === 0) return `close ${(await stand.tell('POST', `${path}/close_to_new_alerts`, {})).status}`;
      if (turn === 1) {
        const [member] = await stand.alerts(`&incident_id=${one.id}`);
        const body = { alert_ids: [member?.id ?? 'none'], reason: 'race' };
        return `split ${(await stand.tell('POST', `${path}/split`, body)).status}`;
      }
      return `merge ${(await stand.tell('POST', `${path}/merge`, { into: other.id })).status}`;
    };

    await Promise.all([deliver(), interfere(), interfere()]);
    await stand.settled();
    expect(await inconsistencies()).toEqual([]);
    const alerts: unknown = await stand.database.query(
      'SELECT COUNT(*) AS alerts FROM alerts WHERE incident_id IS NULL',
    );
    const seen = Object.keys(statuses);
    expect(seen).toEqual(expect.arrayContaining(DEEDS));
    // Whoever comes too late is told so; nobody sees a failure.
    expect(seen.filter((status) => / 5\d\d$/.test(status))).toEqual([]);
    // Ends that overtook their beginning belong to no incident; nothing else does.
    expect(Number((alerts as { alerts: unknown }[])[0]!.alerts)).toBeLessThan(4 * rounds);
  }, 120_000);

  it('two sweepers resolve what is due once, and leave alone what came back', async () => {
    const base = clock.now().getTime();
    const time = (second: number): string => new Date(base + second * 1000).toISOString();
    const services = Array.from({ length: 30 }, (_, index) => `settling ${index}`);
    const flap = async (turn: number, status: 'firing' | 'resolved', which = services): Promise<void> => {
      const startsAt = time(turn * 20);
      const endsAt = status === 'resolved' ? time(turn * 20 + 10) : undefined;
      await stand.deliver(message(...which.map((service) => alert({ labels: { service }, startsAt, status, endsAt }))));
      await stand.settled();
    };
    for (let turn = 0; turn < 4; turn++) {
      await flap(turn, 'firing');
      await flap(turn, 'resolved');
    }
    await flap(4, 'firing', services.slice(0, 10));
    clock.advance(6 * 60_000);
    const sweepers = [stand.service.get(SettleSweeper), replica.get(SettleSweeper)];
    await Promise.all([...sweepers, ...sweepers].map((sweeper) => sweeper.sweep()));

    const { items } = await stand.get<IncidentPage>('/incidents?limit=500&q=settling&flapping=true');
    expect(items.filter(({ status }) => status === 'open')).toHaveLength(10);
    expect(items.filter(({ status }) => status === 'resolved')).toHaveLength(20);
    const moments: unknown = await stand.database.query(
      "SELECT incident_id, COUNT(*) AS times FROM incident_timeline WHERE kind = 'resolved' GROUP BY incident_id HAVING COUNT(*) > 1",
    );
    expect(moments).toEqual([]);
    expect(await inconsistencies()).toEqual([]);
  }, 60_000);
});

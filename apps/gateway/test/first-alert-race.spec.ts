import type { TestService } from '@alertagent/service-kit/testing';
import { AlertStand } from './alert-stand';
import { MeetingPoint } from './meeting-point';
import { alert, message } from './webhooks';

const mockMeetingPoint = new MeetingPoint(2);

jest.mock('../src/pipeline/record', () => {
  const real = jest.requireActual<typeof import('../src/pipeline/record')>('../src/pipeline/record');
  return {
    record: async (...args: Parameters<typeof real.record>) => {
      await mockMeetingPoint.arrive();
      await real.record(...args);
    },
  };
});

describe('two gateways that both find an alert unknown and then both want to store it', () => {
  let stand: AlertStand;
  let replica: TestService;
  beforeAll(async () => {
    stand = await AlertStand.start('MariaDB');
    replica = await stand.startReplica();
  }, 120_000);
  afterAll(async () => {
    await replica?.close();
    await stand?.stop();
  }, 60_000);

  /** Has each webhook processed by another gateway, and neither store anything before both have looked. */
  async function race(first: unknown, second: unknown): Promise<void> {
    const met = mockMeetingPoint.open();
    await stand.deliver(first);
    await mockMeetingPoint.someoneWaits();
    await stand.deliver(second, { url: replica.httpUrl! });
    await met;
    await stand.settled();
  }

  it('store one alert, and the other event counts as a repetition', async () => {
    const body = message(alert({ labels: { service: 'one' } }));
    await race(body, body);
    expect(await stand.settled()).toMatchObject({
      accepted: 2,
      balanced: true,
      dispositions: { opened: 1, duplicate: 1 },
    });
    expect(await stand.alerts()).toHaveLength(1);
    expect(await stand.incidents()).toMatchObject([{ alert_count: 1, firing_count: 1 }]);
  });

  it('store one alert also when it is over already and belongs to no incident', async () => {
    const before = await stand.settled();
    const body = message(alert({ labels: { service: 'over' }, status: 'resolved' }));
    await race(body, body);
    const after = await stand.settled();
    expect(after.dispositions.resolved - before.dispositions.resolved).toBe(1);
    expect(after.dispositions.duplicate - before.dispositions.duplicate).toBe(1);
    expect((await stand.alerts()).filter(({ labels }) => labels['service'] === 'over')).toHaveLength(1);
  });

  it('open one incident for two alerts of its group', async () => {
    const before = await stand.settled();
    const member = (instance: string) => message(alert({ labels: { service: 'two', instance } }));
    await race(member('a'), member('b'));
    const after = await stand.settled();
    expect(after.dispositions.opened - before.dispositions.opened).toBe(1);
    expect(after.dispositions.merged - before.dispositions.merged).toBe(1);
    const incidents = (await stand.incidents()).filter(({ group_labels }) => group_labels['service'] === 'two');
    expect(incidents).toMatchObject([{ alert_count: 2, firing_count: 2 }]);
  });
});

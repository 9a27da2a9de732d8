import { Clock, newId } from '@alertagent/service-kit';
import { AlertInbox } from '../src/intake/alert-inbox.entity';
import { INBOX_PENDING } from '../src/intake/inbox-state';
import type { QuarantinePage } from '../src/ledger/quarantine.dto';
import { PIPELINE_FAILED } from '../src/pipeline/set-aside';
import { AlertStand, DATABASES } from './alert-stand';
import { alert, message } from './webhooks';

/** A clock that runs a thousand times as fast, so that waiting between attempts takes no time. */
class FastClock extends Clock {
  private readonly started = Date.now();

  now(): Date {
    return new Date(this.started + (Date.now() - this.started) * 1_000);
  }
}

describe.each(DATABASES)('a stored webhook that the pipeline cannot process, on %s', (kind) => {
  let stand: AlertStand;
  beforeAll(async () => {
    stand = await AlertStand.start(kind, {}, new FastClock());
  }, 120_000);
  afterAll(() => stand?.stop(), 30_000);

  it('holds nobody up, and ends in quarantine with the reason after some attempts', async () => {
    const now = Date.now() - 60_000;
    await stand.database.manager.insert(AlertInbox, {
      // Older than all others, so that it is always first.
      id: `00000000-${newId().slice(9)}`,
      cluster_id: stand.first.id,
      received_at: now,
      alert_count: 2,
      good_count: 2,
      state: INBOX_PENDING,
      attempts: 0,
      due_at: now,
      body: '{"version":"5","alerts":[{"n":1},{"n":2}]}',
    });
    await stand.deliver(message(alert()));
    const ledger = await stand.settled();
    expect(ledger).toMatchObject({
      accepted: 3,
      pending: 0,
      balanced: true,
      dispositions: { opened: 1, quarantined: 2 },
    });
    const { items } = await stand.get<QuarantinePage>('/quarantine');
    expect(items).toMatchObject([
      {
        code: PIPELINE_FAILED,
        pointer: '/alerts/1',
        detail: expect.stringContaining('no message that can be read') as string,
      },
      { code: PIPELINE_FAILED, pointer: '/alerts/0' },
    ]);
    expect(await stand.get(`/quarantine/${items[0]!.id}`)).toMatchObject({ raw: '{"n":2}' });
    expect(stand.service.logLines().filter(({ level }) => level === 'error')).toMatchObject([{ attempts: 5 }]);
  }, 60_000);
});

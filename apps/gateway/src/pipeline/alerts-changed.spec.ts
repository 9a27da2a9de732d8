import { alertsChanged, MAX_CHANGED_ALERTS, parsePayload } from '@alertagent/contracts';
import { alertsChangedEvents, type AlertOutcome } from './alerts-changed';

const outcome = (id: string, more: Partial<AlertOutcome> = {}): AlertOutcome => ({
  id,
  cluster_id: 'one',
  received_at: 1_000,
  name: 'HighCPU',
  severity: 'warning',
  status: 'firing',
  disposition: 'opened',
  incident_id: 'incident',
  starts_at: '2026-01-01T00:00:00.000Z',
  ...more,
});

describe('the alerts that a batch changed', () => {
  it('are told once per cluster, with the time of the last webhook', () => {
    const events = alertsChangedEvents([
      outcome('a'),
      outcome('b', { cluster_id: 'two' }),
      outcome('c', { received_at: 2_000, disposition: 'merged' }),
    ]);
    expect(events.map(({ cluster_id, at, alerts }) => [cluster_id, at, alerts.map(({ id }) => id)])).toEqual([
      ['one', '1970-01-01T00:00:02.000Z', ['a', 'c']],
      ['two', '1970-01-01T00:00:01.000Z', ['b']],
    ]);
  });

  it('leave out those whose events were repetitions, too late, or set aside', () => {
    const unchanged = (['duplicate', 'stale', 'quarantined'] as const).map((disposition) =>
      outcome(disposition, { disposition }),
    );
    expect(alertsChangedEvents(unchanged)).toEqual([]);
  });

  it('name an alert that changed twice once, as it is in the end', () => {
    const [event] = alertsChangedEvents([outcome('a'), outcome('a', { status: 'resolved', disposition: 'resolved' })]);
    expect(event?.alerts).toMatchObject([{ id: 'a', status: 'resolved', disposition: 'resolved' }]);
  });

  it('name a hundred of a cluster and count the others, within what the contract allows', () => {
    const many = Array.from({ length: MAX_CHANGED_ALERTS + 7 }, (_, index) => outcome(`a${index}`));
    const [event] = alertsChangedEvents(many);
    expect([event?.alerts.length, event?.more]).toEqual([100, 7]);
    expect(parsePayload(alertsChanged.payload, event, { unknownFields: 'refuse' })).toMatchObject({ more: 7 });
  });
});

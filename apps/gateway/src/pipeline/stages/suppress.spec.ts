import type { CompiledSuppression, NormalisedAlert } from '@alertagent/alerting';
import { Batch, type AlertEvent, type Episode } from '../batch';
import { suppressBy } from './suppress';

const HOUR = 3_600_000;
const everything: CompiledSuppression = {
  name: 'maintenance',
  condition: 'true',
  duration_ms: HOUR,
  evaluate: () => true,
};

function eventAt(
  receivedAt: number,
  changes: { status?: 'firing' | 'resolved'; suppressedBy?: string | null } = {},
): AlertEvent {
  const { status = 'firing', suppressedBy = null } = changes;
  return {
    webhook: { id: 'w', cluster_id: 'c', received_at: receivedAt, alert_count: 1, attempts: 0, body: '' },
    index: 0,
    alert: { status, starts_at_ms: 0, labels: {} } as NormalisedAlert,
    group_key: 'g',
    notes: [],
    episode: { status, suppressed_by: suppressedBy } as Episode,
    incident: null,
    ending: null,
  };
}

describe('the suppress stage', () => {
  const suppress = suppressBy([everything]);

  it('ends a matching alert as suppressed, by name', () => {
    const [event, batch] = [eventAt(1_000), new Batch([])];
    expect(suppress(event, batch)).toBe('end');
    expect(event.ending?.disposition).toBe('suppressed');
    expect(event.episode?.suppressed_by).toBe('maintenance');
    expect(batch.suppressions).toHaveLength(1);
  });

  it('announces a suppressed alert only once, however often it is repeated', () => {
    const [event, batch] = [eventAt(2_000, { suppressedBy: 'maintenance' }), new Batch([])];
    expect(suppress(event, batch)).toBe('end');
    expect(event.ending?.disposition).toBe('duplicate');
    expect(batch.suppressions).toEqual([]);
  });

  it('lets an alert that still fires go on when the time of its suppression is over', () => {
    const event = eventAt(HOUR + 1, { suppressedBy: 'maintenance' });
    expect(suppress(event, new Batch([]))).toBe('next');
    expect(event.episode?.suppressed_by).toBeNull();
    expect(event.notes.at(-1)?.outcome).toBe('released');
  });

  it('always lets the end of an alert pass', () => {
    expect(suppress(eventAt(1_000, { status: 'resolved', suppressedBy: 'maintenance' }), new Batch([]))).toBe('next');
  });
});

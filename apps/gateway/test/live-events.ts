import type { IncidentEvent } from '@alertagent/contracts';

/** A fact about an incident, told apart from others by its number. */
export const incident = (number: number): IncidentEvent => ({
  incident_id: 'incident',
  cluster_id: 'one',
  cluster_name: 'one',
  title: 'HighCPU',
  severity: 'warning',
  status: 'open',
  group_labels: {},
  alert_count: number,
  firing_count: 1,
  opened_at: '2026-01-01T00:00:00.000Z',
  changed_at: '2026-01-01T00:00:00.000Z',
  alert: {
    id: 'alert',
    name: 'HighCPU',
    status: 'firing',
    labels: {},
    annotations: {},
    starts_at: '2026-01-01T00:00:00.000Z',
  },
});

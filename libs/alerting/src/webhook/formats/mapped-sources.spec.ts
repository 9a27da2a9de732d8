import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { normaliseAlert } from '../normalised-alert';
import { checkMapping } from './check-mapping';
import type { FieldMapping } from './field-mapping';
import { readMappedMessage } from './mapped-message';

/** What monitoring systems send, as others recorded it; one message of each in our own words where the collection is absent. */
const folder = join(
  process.env.ALERTAGENT_CORPORA ?? resolve(__dirname, '../../../../../../shared/corpora'),
  'streams/keep_alert_templates',
);
function template(file: string, own: unknown): unknown {
  return existsSync(folder) ? (JSON.parse(readFileSync(join(folder, file), 'utf8')) as unknown) : own;
}
const payloads = (templates: unknown): unknown[] =>
  Object.values(templates as Record<string, { payload: unknown }>).map(({ payload }) => payload);

const RECEIVED = Date.parse('2026-11-22T10:00:00Z');
function alertsOf(body: unknown, mapping: FieldMapping) {
  expect(checkMapping(mapping)).toEqual({ mapping });
  const parsed = readMappedMessage(body, mapping, RECEIVED);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  expect(parsed.quarantined).toEqual([]);
  return parsed.group.alerts.map(({ alert }) => normaliseAlert(alert, 'c1'));
}

it('Axiom: one event, its start in the text form of Go, open until it is closed', () => {
  const mapping: FieldMapping = {
    status: { path: '/action', resolved: ['Closed'], firing: ['Open'] },
    labels: {
      alertname: { path: '/event/title', required: true },
      monitor: { path: '/event/monitorID' },
      source: { value: 'axiom' },
    },
    label_pairs: [{ path: '/event/matchedEvent', only: ['bar'] }],
    annotations: { summary: { path: '/event/body' }, value: { path: '/event/value' } },
    starts_at: { path: '/event/timestamp', format: 'date_time' },
  };
  const own = {
    action: 'Open',
    event: {
      monitorID: 'Rxg89nIwu9WwrOsJKA',
      title: 'Triggered: New monitor',
      body: 'Event Matched',
      value: 0,
      timestamp: '2025-02-15 14:59:03 +0000 UTC',
      matchedEvent: { bar: 'baz' },
    },
  };
  expect(alertsOf(template('axiom_provider.json', own), mapping)).toMatchObject([
    {
      status: 'firing',
      name: 'Triggered: New monitor',
      labels: { monitor: 'Rxg89nIwu9WwrOsJKA', source: 'axiom', bar: 'baz' },
      annotations: { summary: 'Event Matched', value: '0' },
      starts_at_ms: Date.parse('2025-02-15T14:59:03Z'),
    },
  ]);
});

it('CloudWatch: the message within the message, also where it is a text', () => {
  const mapping: FieldMapping = {
    status: { path: 'Message.NewStateValue', resolved: ['OK'] },
    labels: {
      alertname: { path: 'Message.AlarmName', required: true },
      severity: { path: 'Message.Priority', map: { P1: 'critical', P2: 'warning', P3: 'info' }, default: 'warning' },
      namespace: { path: 'Message.Namespace' },
      metric: { path: 'Message.MetricName' },
    },
    annotations: { summary: { path: 'Message.AlarmDescription' }, threshold: { path: 'Message.Threshold' } },
  };
  const own = {
    high: {
      payload: {
        Message: {
          AlarmName: 'HighCPUUsage',
          AlarmDescription: 'CPU utilization is above 90% threshold',
          MetricName: 'CPUUtilization',
          Namespace: 'AWS/EC2',
          Threshold: 90,
          Priority: 'P3',
        },
      },
    },
  };
  for (const payload of payloads(template('cloudwatch_provider.json', own)) as { Message: object }[]) {
    const [inObject] = alertsOf(payload, mapping);
    expect(inObject).toMatchObject({
      status: 'firing',
      start_assumed: true,
      annotations: { threshold: expect.any(String) },
    });
    expect(['critical', 'warning', 'info']).toContain(inObject!.severity);
    const asText = { ...payload, Message: JSON.stringify({ ...payload.Message, NewStateValue: 'OK' }) };
    expect(alertsOf(asText, mapping)).toMatchObject([{ status: 'resolved', label_hash: inObject!.label_hash }]);
  }
});

it('Datadog: tags in one text become labels, priorities become severities', () => {
  const mapping: FieldMapping = {
    labels: {
      alertname: { path: '/title', required: true },
      severity: { path: '/priority', map: { P1: 'critical', P2: 'critical', P3: 'warning', P4: 'info', '4': 'info' } },
      monitor_id: { path: '/monitor_id' },
    },
    label_pairs: [{ path: '/tags', prefix: 'tag_', only: ['environment', 'team'] }],
    annotations: { description: { path: '/message' }, query: { path: '/query' } },
  };
  const own = {
    cpu: {
      payload: {
        title: 'High CPU Usage',
        query: 'avg > 90',
        message: 'CPU usage is over 90%',
        tags: 'environment:production, team:backend',
        priority: 'P3',
        monitor_id: '1234567890',
      },
    },
  };
  for (const payload of payloads(template('datadog_provider.json', own))) {
    const [alert] = alertsOf(payload, mapping);
    expect(alert!.labels).toMatchObject({ tag_environment: 'production', tag_team: expect.any(String) });
    expect(['critical', 'warning', 'info']).toContain(alert!.severity);
  }
});

it('LibreNMS: recovery by a number in text, local time without a zone', () => {
  const mapping: FieldMapping = {
    status: { path: 'state', resolved: ['0'] },
    labels: {
      alertname: { path: 'name', required: true },
      instance: { path: 'hostname' },
      severity: { path: 'severity', map: { ok: 'warning' } },
    },
    annotations: { summary: { path: 'title' }, description: { path: 'msg' } },
    ends_at: { path: 'timestamp', format: 'date_time' },
  };
  const own = {
    name: 'Devices up/down',
    hostname: '10.10.1.147',
    severity: 'ok',
    state: '0',
    title: 'recovered',
    msg: 'x\ny',
    timestamp: '2025-03-04 11:01:41',
  };
  expect(alertsOf(template('libre_nms_provider.json', own), mapping)).toMatchObject([
    {
      status: 'resolved',
      name: 'Devices up/down',
      labels: { instance: '10.10.1.147' },
      ends_at_ms: Date.parse('2025-03-04T11:01:41Z'),
    },
  ]);
});

it('Sentry: seconds with a fraction, tags as a list of pairs', () => {
  const mapping: FieldMapping = {
    labels: {
      alertname: { path: '/event/title', required: true },
      severity: { path: '/level', map: { fatal: 'critical', error: 'critical' }, default: 'warning' },
      project: { path: '/project_slug' },
    },
    label_pairs: [{ path: '/event/tags', only: ['environment', 'error.type'] }],
    annotations: { summary: { path: '/message' }, request: { path: '/event/request' } },
    starts_at: { path: '/event/timestamp', format: 'epoch_s' },
    generator_url: { path: '/url' },
  };
  const own = {
    timeout: {
      payload: {
        level: 'error',
        project_slug: 'frontend-app',
        message: 'Failed',
        url: 'https://sentry.example/issues/1/',
        event: {
          title: 'Failed to fetch user profile',
          timestamp: 1709991285.873,
          request: { method: 'GET' },
          tags: [['environment', 'production']],
        },
      },
    },
  };
  for (const payload of payloads(template('sentry_provider.json', own)) as { event: { timestamp: number } }[]) {
    expect(alertsOf(payload, mapping)).toMatchObject([
      {
        severity: 'critical',
        labels: { project: 'frontend-app', environment: 'production' },
        starts_at_ms: Math.round(payload.event.timestamp * 1000),
        generator_url: expect.stringMatching(/^https:/),
      },
    ]);
  }
});

import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ParsedWebhook } from './parsed-webhook';
import { parseWebhook } from './webhook-payload';

const FIRING = {
  status: 'firing',
  labels: { alertname: 'HighCPU', instance: 'a:9100' },
  annotations: { summary: 'CPU 高\non a' },
  startsAt: '2026-11-22T10:40:55.117721795Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: '',
  fingerprint: '969d935554686f34',
};

function bodyOf(...alerts: unknown[]): Record<string, unknown> {
  return { version: '4', groupKey: '{}:{}', receiver: 'main', truncatedAlerts: 0, alerts };
}

function accepted(result: ParsedWebhook): Extract<ParsedWebhook, { ok: true }> {
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result;
}

it('a notification is taken apart, with fields we do not know ignored', () => {
  const body = { ...bodyOf(FIRING), truncatedAlerts: 2, notification_reason: 'first notification', routeLabels: {} };
  const result = accepted(parseWebhook(body));
  expect(result.accepted).toBe(1);
  expect(result.quarantined).toEqual([]);
  expect(result.group).toMatchObject({ receiver: 'main', group_key: '{}:{}', truncated_alerts: 2, external_url: null });
  expect(result.group.alerts).toEqual([{ index: 0, alert: FIRING }]);
});

it('a notification without alerts is accepted with nothing in it', () => {
  expect(accepted(parseWebhook(bodyOf())).accepted).toBe(0);
});

it.each([[null], [[]], ['text'], [5], [true], [undefined], [[FIRING]]])('%j is no notification', (body) => {
  expect(parseWebhook(body)).toMatchObject({ ok: false, problems: [{ pointer: '' }] });
});

it.each([[undefined], [null], [{}], ['x'], [1], [true]])('alerts of %j are refused at their place', (alerts) => {
  expect(parseWebhook({ version: '4', alerts })).toMatchObject({ ok: false, problems: [{ pointer: '/alerts' }] });
});

it.each([['3'], [4], [null], ['4 ']])('payload version %j is refused', (version) => {
  expect(parseWebhook({ version, alerts: [] })).toMatchObject({ ok: false, problems: [{ pointer: '/version' }] });
});

it('a version that is absent is let through', () => {
  expect(parseWebhook({ alerts: [] }).ok).toBe(true);
});

it('10,000 alerts are taken and one more is too many', () => {
  expect(accepted(parseWebhook(bodyOf(...Array.from({ length: 10_000 }, () => FIRING)))).accepted).toBe(10_000);
  expect(parseWebhook(bodyOf(...Array.from({ length: 10_001 }, () => FIRING)))).toMatchObject({
    ok: false,
    too_many: true,
  });
});

function nested(depth: number): unknown {
  return JSON.parse('['.repeat(depth) + ']'.repeat(depth));
}

it.each<[string, unknown, string, string]>([
  ['null', null, 'not_an_object', '/alerts/1'],
  ['an array', [], 'not_an_object', '/alerts/1'],
  ['a deep array', nested(1000), 'too_deep', '/alerts/1'],
  ['an unknown status', { ...FIRING, status: 'open' }, 'bad_status', '/alerts/1/status'],
  ['no labels', { ...FIRING, labels: undefined }, 'bad_labels', '/alerts/1/labels'],
  ['labels as a list', { ...FIRING, labels: [] }, 'bad_labels', '/alerts/1/labels'],
  ['a label that is a number', { ...FIRING, labels: { 'a/b': 5 } }, 'bad_labels', '/alerts/1/labels/a~1b'],
  ['a label without a name', { ...FIRING, labels: { '': 'x' } }, 'bad_labels', '/alerts/1/labels/'],
  ['a label nested 50,000 deep', { ...FIRING, labels: { a: nested(50_000) } }, 'too_deep', '/alerts/1/labels/a'],
  ['an unknown field nested 17 deep', { ...FIRING, extra: nested(17) }, 'too_deep', '/alerts/1/extra'],
  ['no labels at all', { ...FIRING, labels: {} }, 'empty_labels', '/alerts/1/labels'],
  ['only empty labels', { ...FIRING, labels: { a: '' } }, 'empty_labels', '/alerts/1/labels'],
  ['annotations as text', { ...FIRING, annotations: 'x' }, 'bad_annotations', '/alerts/1/annotations'],
  ['a null annotation', { ...FIRING, annotations: { a: null } }, 'bad_annotations', '/alerts/1/annotations/a'],
  ['a NUL in a value', { ...FIRING, labels: { a: 'x\0' } }, 'control_character', '/alerts/1/labels/a'],
  ['a line end in a name', { ...FIRING, labels: { 'a\n': 'x' } }, 'control_character', '/alerts/1/labels/a\\u000a'],
  ['half a surrogate pair', { ...FIRING, annotations: { a: '\ud800' } }, 'not_unicode', '/alerts/1/annotations/a'],
  ['no start', { ...FIRING, startsAt: undefined }, 'bad_time', '/alerts/1/startsAt'],
  ['a start at zero', { ...FIRING, startsAt: FIRING.endsAt }, 'bad_time', '/alerts/1/startsAt'],
  ['a start in 1969', { ...FIRING, startsAt: '1969-12-31T23:59:59Z' }, 'bad_time', '/alerts/1/startsAt'],
  ['30 February', { ...FIRING, startsAt: '2024-02-30T00:00:00Z' }, 'bad_time', '/alerts/1/startsAt'],
  ['a time without zone', { ...FIRING, startsAt: '2024-02-20T00:00:00' }, 'bad_time', '/alerts/1/startsAt'],
  ['zone +25:00', { ...FIRING, startsAt: '2024-02-20T00:00:00+25:00' }, 'bad_time', '/alerts/1/startsAt'],
  ['an epoch number', { ...FIRING, startsAt: 1_700_000_000 }, 'bad_time', '/alerts/1/startsAt'],
  ['an empty end', { ...FIRING, endsAt: '' }, 'bad_time', '/alerts/1/endsAt'],
])('%s is set aside with its place, and the good alert beside it is kept', (_, bad, code, pointer) => {
  const result = accepted(parseWebhook(bodyOf(FIRING, bad)));
  expect(result.accepted).toBe(1);
  expect(result.quarantined).toMatchObject([{ index: 1, code, pointer }]);
});

it('64 labels are taken and 65 are set aside', () => {
  const labels = Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`l${index}`, 'x']));
  expect(accepted(parseWebhook(bodyOf({ ...FIRING, labels }))).quarantined).toMatchObject([
    { code: 'too_many_labels' },
  ]);
  const { l0: _first, ...fewer } = labels;
  expect(accepted(parseWebhook(bodyOf({ ...FIRING, labels: fewer }))).accepted).toBe(1);
});

it.each(['2039-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '2024-02-29T23:59:59.999999999+14:00'])(
  '%s is a time',
  (startsAt) => {
    expect(accepted(parseWebhook(bodyOf({ ...FIRING, startsAt }))).accepted).toBe(1);
  },
);

it('names of built-in properties are ordinary label names', () => {
  const alert: unknown = JSON.parse(
    JSON.stringify(FIRING).replace('"alertname"', '"__proto__":"a","constructor":"b","toString":"c","alertname"'),
  );
  expect(accepted(parseWebhook(bodyOf(alert))).accepted).toBe(1);
});

it('what real Alertmanagers sent is accepted whole', () => {
  const corpora = process.env.ALERTAGENT_CORPORA ?? resolve(__dirname, '../../../../../shared/corpora');
  const file = join(corpora, 'webhooks/recorded_alertmanager.jsonl');
  const recorded = existsSync(file)
    ? readFileSync(file, 'utf8').trim().split('\n')
    : [JSON.stringify({ body: bodyOf(FIRING) })];
  for (const line of recorded) {
    const record = JSON.parse(line) as Record<string, unknown>;
    const body = 'alerts' in record ? record : (record.body ?? record.payload);
    const result = accepted(parseWebhook(typeof body === 'string' ? JSON.parse(body) : body));
    expect(result.quarantined).toEqual([]);
  }
});

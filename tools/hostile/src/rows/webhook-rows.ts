import type { HostileRow, Scene } from '../row';
import { refused } from '../row';
import { webhookAlert, webhookMessage } from '../stand/webhook-message';
import { receipt, WebhookCases } from './webhook-cases';

const text = (value: unknown): string => JSON.stringify(value);
const alert = (over: Record<string, unknown>): string => text(webhookAlert({}, over));
const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
/** An alert with one value written exactly so. */
const raw = (field: string, value: string): string =>
  text(webhookAlert({}, { [field]: '@@raw@@' })).replace('"@@raw@@"', () => value);

/** A row whose alerts are sent among good ones. */
function row(
  id: string,
  summary: string,
  bad: readonly [what: string, rawAlert: string, isBad?: boolean][],
): HostileRow {
  const cases = new WebhookCases(id);
  return {
    id,
    summary,
    *cases(scene: Scene) {
      for (const [what, rawAlert, isBad = true] of bad) yield* cases.among(scene, what, [rawAlert], isBad ? 1 : 0);
    },
    afterwards: (scene) => cases.allKept(scene),
  };
}

const TYPES = ['null', '5', '"text"', 'true', '[]', '{}', '[1]', '{"x":1}', '""'];
const fits: Readonly<Record<string, readonly string[]>> = {
  status: [],
  labels: [],
  annotations: ['null', '{}'],
  startsAt: [],
  endsAt: ['null'],
  // We do not read these as anything but text: whatever else they hold is as good as nothing.
  generatorURL: TYPES,
  fingerprint: TYPES,
};

const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'];
const manyLabels = (count: number): string =>
  text(Object.fromEntries(Array.from({ length: count }, (_, index) => [`l${index}`, 'v'])));

const envelope = new WebhookCases('B52');

export const webhookRows: readonly HostileRow[] = [
  row('B05', 'half surrogate pairs in an alert', [
    ['in a value', raw('labels', '{"alertname":"a\\ud800"}')],
    ['in a name', raw('labels', '{"alertname":"a","\\udc00":"b"}')],
    ['in an annotation', raw('annotations', '{"a":"\\ud83d"}')],
    ['in the generator URL', raw('generatorURL', '"\\ud83d"')],
  ]),
  row('B07', 'fields of an alert that are missing, null or of another type', [
    ...Object.entries(fits).flatMap(([field, good]) =>
      TYPES.map((value): [string, string, boolean] => [`${field}: ${value}`, raw(field, value), !good.includes(value)]),
    ),
    ...['status', 'labels', 'startsAt'].map((field): [string, string] => [
      `${field} missing`,
      alert({ [field]: undefined }),
    ]),
    ...['endsAt', 'annotations', 'generatorURL', 'fingerprint'].map((field): [string, string, boolean] => [
      `${field} missing`,
      alert({ [field]: undefined }),
      false,
    ]),
    ...TYPES.map((value): [string, string] => [`an alert that is ${value}`, value]),
  ]),
  row('B08', 'fields of a newer Alertmanager', [
    ['a text', alert({ novelty: 'x' }), false],
    ['an object', alert({ novelty: { deep: [1, { a: null }] } }), false],
    ['a long name', alert({ ['x'.repeat(5_000)]: 1 }), false],
  ]),
  row('B11', 'nesting in an alert', [
    ...[17, 33, 1_000, 50_000].flatMap((levels): [string, string][] => [
      [`${levels} levels in an unknown field`, raw('novelty', nested(levels))],
      [`${levels} levels in a label`, raw('labels', `{"alertname":${nested(levels)}}`)],
      [`${levels} levels as an annotation`, raw('annotations', `{"a":${nested(levels)}}`)],
      [`${levels} levels instead of an alert`, nested(levels)],
    ]),
    ['10 levels in an unknown field', raw('novelty', nested(10)), false],
  ]),
  row('B13', 'too many labels', [
    ['65', raw('labels', manyLabels(65))],
    ['10,000', raw('labels', manyLabels(10_000))],
    ['64', raw('labels', manyLabels(64)), false],
    ['none', raw('labels', '{}')],
    ['empty ones', raw('labels', '{"a":"","b":""}')],
    ['an empty name', raw('labels', '{"":"b"}')],
  ]),
  row('B17', 'control characters in an alert', [
    ...['\\u0000', '\\u0001', '\\u0008', '\\u000b', '\\u001b[31m'].flatMap((control): [string, string][] => [
      [`${control} in a value`, raw('labels', `{"alertname":"a${control}"}`)],
      [`${control} in a name`, raw('labels', `{"alertname":"a","b${control}":"c"}`)],
      [`${control} in an annotation`, raw('annotations', `{"a":"b${control}"}`)],
    ]),
    ['a line end in a name', raw('labels', '{"alertname":"a","b\\nc":"d"}')],
    ['a line end in an annotation', raw('annotations', '{"a":"b\\nc\\td"}'), false],
  ]),
  row('B19', 'labels named like what every object has', [
    ...names.map((name): [string, string, boolean] => [
      name,
      raw('labels', `{"alertname":"Proto","${name}":"x"}`),
      false,
    ]),
    ...names.map((name): [string, string, boolean] => [
      `annotation ${name}`,
      raw('annotations', `{"${name}":"x"}`),
      false,
    ]),
    ...names.map((name): [string, string, boolean] => [
      `field ${name}`,
      raw('novelty', `{"${name}":{"a":"b"}}`),
      false,
    ]),
    ['__proto__ as an object', raw('labels', '{"alertname":"Proto","__proto__":{"a":"b"}}')],
  ]),
  row('B20', 'the same key twice: the last one counts', [
    ['a label', raw('labels', '{"alertname":"Twice","a":"1","a":"2"}'), false],
    ['the status', alert({}).replace('"firing"', '"nonsense","status":"firing"'), false],
    ['a bad last one', alert({}).replace('"firing"', '"firing","status":"nonsense"')],
  ]),
  row('B21', 'numbers where texts belong', [
    ...['-1', '0', '1e999', '9007199254740993', 'true', '-0'].flatMap((value): [string, string][] => [
      [`label ${value}`, raw('labels', `{"alertname":${value}}`)],
      [`annotation ${value}`, raw('annotations', `{"a":${value}}`)],
    ]),
  ]),
  row('B23', 'times', [
    ...[
      '0001-01-01T00:00:00Z',
      '1969-12-31T23:59:59Z',
      '2024-02-30T00:00:00Z',
      '2024-13-01T00:00:00Z',
      '2024-01-01T25:00:00Z',
      '2024-01-01T00:00:00',
      '2024-01-01T00:00:00+25:00',
      '2024-01-01 00:00:00Z',
      '10000-01-01T00:00:00Z',
      '1732240800',
      '',
      'now',
    ].map((time): [string, string] => [`startsAt ${time}`, alert({ startsAt: time })]),
    ['startsAt as a number', raw('startsAt', '1732240800')],
    ...[
      '2039-01-01T00:00:00Z',
      '9999-12-31T23:59:59Z',
      '2026-11-22T10:00:00.123456789+08:00',
      '1970-01-01T00:00:01Z',
    ].map((time): [string, string, boolean] => [
      `startsAt ${time}`,
      alert({ startsAt: time, labels: { alertname: 'T', time } }),
      false,
    ]),
    ['endsAt 2024-02-30', alert({ endsAt: '2024-02-30T00:00:00Z' })],
    ['endsAt without zone', alert({ endsAt: '2024-02-20T00:00:00' })],
    ['endsAt zero', alert({ endsAt: '0001-01-01T00:00:00Z' }), false],
    ['endsAt 2039', alert({ status: 'resolved', endsAt: '2039-01-01T00:00:00Z' }), false],
  ]),
  row('B24', 'times in the wrong order, and clocks that are ahead', [
    ['an end before its start', alert({ status: 'resolved', endsAt: '2020-01-01T00:00:00Z' }), false],
    ['a start an hour ahead', alert({ startsAt: new Date(Date.now() + 3_600_000).toISOString() }), false],
    ['a start a year ahead', alert({ startsAt: new Date(Date.now() + 31_536_000_000).toISOString() }), false],
  ]),
  row('B60', 'values that are almost texts', [
    ['a status of capitals', alert({ status: 'FIRING' })],
    ['a status with a blank', alert({ status: 'firing ' })],
    ['labels as a list of pairs', raw('labels', '[["alertname","a"]]')],
    ['labels as text', raw('labels', '"alertname=a"')],
  ]),
  {
    id: 'B12',
    summary: '10,000 alerts, and one more',
    concurrency: 1,
    *cases(scene) {
      const many = (count: number): string =>
        `{"version":"4","alerts":[${Array(count)
          .fill(text(webhookAlert({ service: 'many' })))
          .join(',')}]}`;
      yield* envelope.whole(scene, '10,001', many(10_001), refused(413, '/alerts'));
      yield* envelope.whole(scene, '10,000', many(10_000), receipt(10_000, 0));
    },
  },
  {
    id: 'B52',
    summary: 'envelopes',
    *cases(scene) {
      const good = (): Record<string, unknown> => envelope.goodAlert(scene);
      const message = (over: Record<string, unknown>): string => text(webhookMessage([good()], over));
      for (const [what, over] of [
        ['an unknown status', { status: 'nonsense' }],
        ['no group key', { groupKey: undefined }],
        ['a receiver of 10 KB', { receiver: 'r'.repeat(10_000) }],
        ['a group key of 100 KB', { groupKey: 'g'.repeat(100_000) }],
        ['a truncated count of -1', { truncatedAlerts: -1 }],
        ['a truncated count as text', { truncatedAlerts: '5' }],
        ['a truncated count beyond all', { truncatedAlerts: 1e300 }],
        ['a receiver that is an object', { receiver: { a: 1 } }],
        ['group labels that are none', { groupLabels: 5, commonLabels: null, commonAnnotations: [] }],
        ['control characters in the receiver', { receiver: 'a\u0000\u001b[31m' }],
        ['no version', { version: undefined }],
        ['a field nobody knows', { novelty: { a: [1] } }],
      ] as const)
        yield* envelope.whole(scene, what, message(over), receipt(1, 0));
      const deep = message({ novelty: '@@raw@@' }).replace('"@@raw@@"', () => nested(50_000));
      yield* envelope.whole(scene, '50,000 levels in a field nobody knows', deep, receipt(1, 0));
      yield* envelope.whole(scene, 'no alerts at all', text(webhookMessage([])), receipt(0, 0));
      for (const version of ['"3"', '"5"', '4', '0', 'null', '{}', '"4 "', '"<script>"'])
        yield* envelope.whole(
          scene,
          `version ${version}`,
          text(webhookMessage([webhookAlert()])).replace('"version":"4"', `"version":${version}`),
          refused(400, '/version'),
        );
      for (const alerts of ['null', '{}', '5', '"text"', '{"0":{}}', 'true'])
        yield* envelope.whole(
          scene,
          `alerts: ${alerts}`,
          `{"version":"4","alerts":${alerts}}`,
          refused(400, '/alerts'),
        );
      yield* envelope.whole(scene, 'no alerts field', '{"version":"4"}', refused(400, '/alerts'));
      yield* envelope.whole(scene, 'nothing at all', '{}', refused(400, '/'));
    },
    afterwards: (scene) => envelope.allKept(scene),
  },
];

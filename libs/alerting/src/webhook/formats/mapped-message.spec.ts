import type { ParsedWebhook } from '../parsed-webhook';
import { normaliseAlert } from '../normalised-alert';
import { checkMapping } from './check-mapping';
import type { FieldMapping } from './field-mapping';
import { readMappedMessage } from './mapped-message';

const RECEIVED = Date.parse('2026-11-22T10:00:00Z');
const read = (body: unknown, mapping: FieldMapping, receivedAt = RECEIVED): Extract<ParsedWebhook, { ok: true }> => {
  const parsed = readMappedMessage(body, mapping, receivedAt);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed;
};
const LIST: FieldMapping = {
  list: '/data/alarms',
  status: { path: 'state', resolved: ['ok', 'false'], firing: ['bad', 'true'] },
  labels: { alertname: { path: 'name', required: true }, site: { path: '$root/site' }, kind: { path: '/a~1b' } },
  starts_at: { path: 'since', format: 'epoch_ms' },
};

describe('a message read by a mapping', () => {
  it('gives one alert for each item of its list, with values of the whole message', () => {
    const body = {
      site: 'north',
      data: {
        alarms: [
          { name: 'A', state: 'bad', since: 1_700_000_000_000, 'a/b': 5 },
          { name: 'B', state: false },
        ],
      },
    };
    const { group } = read(body, LIST);
    expect(group.alerts.map(({ alert }) => normaliseAlert(alert, 'c'))).toMatchObject([
      { status: 'firing', labels: { alertname: 'A', site: 'north', kind: '5' }, starts_at: '2023-11-14T22:13:20.000Z' },
      { status: 'resolved', labels: { alertname: 'B', site: 'north' }, start_assumed: true },
    ]);
  });

  it('sets items aside that lack what is required, each with the place in the message', () => {
    const body = {
      data: {
        alarms: [
          { state: 'bad' },
          { name: 'A', state: 'odd' },
          { name: 'A', state: 'bad', since: 'soon' },
          { name: { x: 1 }, state: 'bad' },
          { name: 'A\u0000', state: 'bad' },
          null,
          { name: 'kept', state: 'bad' },
        ],
      },
    };
    const { accepted, quarantined } = read(body, LIST);
    expect(accepted).toBe(1);
    expect(quarantined.map(({ code, pointer }) => `${code} ${pointer}`)).toEqual([
      'missing_field /data/alarms/0/name',
      'bad_status /data/alarms/1/state',
      'bad_time /data/alarms/2/since',
      'bad_labels /data/alarms/3/name',
      'control_character /data/alarms/4/labels/alertname',
      'bad_status /data/alarms/5/state',
    ]);
  });

  it('is refused whole where the list is no list, or the message no object', () => {
    expect(readMappedMessage({ data: {} }, LIST, RECEIVED)).toMatchObject({
      ok: false,
      problems: [{ pointer: '/data/alarms' }],
    });
    expect(readMappedMessage('x', LIST, RECEIVED)).toMatchObject({ ok: false });
    const many = { data: { alarms: Array(10_001).fill({}) } };
    expect(readMappedMessage(many, LIST, RECEIVED)).toMatchObject({ ok: false, too_many: true });
  });

  it('is one alert, or a list of them, when the mapping names no list', () => {
    const mapping: FieldMapping = { labels: { alertname: { path: 'name', required: true } } };
    expect(read({ name: 'A' }, mapping).accepted).toBe(1);
    expect(read([{ name: 'A' }, { name: 'B' }], mapping).accepted).toBe(2);
    expect(read({}, mapping).quarantined).toMatchObject([{ index: 0, pointer: '/name' }]);
  });

  it('without a start keeps the identity of its labels, and says that the start was assumed', () => {
    const mapping: FieldMapping = {
      labels: { alertname: { path: 'name' } },
      annotations: { value: { path: 'value' } },
    };
    const [first, second] = [
      read({ name: 'A', value: 1 }, mapping),
      read({ name: 'A', value: 2 }, mapping, RECEIVED + 60_000),
    ].map(({ group }) => normaliseAlert(group.alerts[0]!.alert, 'c'));
    expect(first!.label_hash).toBe(second!.label_hash);
    expect(first).toMatchObject({ start_assumed: true, starts_at_ms: RECEIVED });
  });

  it('holds names of built-in properties as data', () => {
    const body: unknown = JSON.parse('{"tags":{"__proto__":"p","constructor":"c"},"name":"toString"}');
    const mapping: FieldMapping = { labels: { alertname: { path: 'name', map: {} } }, label_pairs: [{ path: 'tags' }] };
    const { labels } = normaliseAlert(read(body, mapping).group.alerts[0]!.alert, 'c');
    expect(Object.entries(labels)).toEqual([
      ['__proto__', 'p'],
      ['constructor', 'c'],
      ['alertname', 'toString'],
    ]);
    expect('p' in {}).toBe(false);
    expect(
      read({ constructor: 'x' }, { labels: { alertname: { path: 'hasOwnProperty', default: 'd' } } }).accepted,
    ).toBe(1);
  });

  it('never writes out what is nested without end', () => {
    const deep: unknown = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000));
    const mapping: FieldMapping = { labels: { alertname: { value: 'A' } }, annotations: { all: { path: 'x' } } };
    expect(read({ x: deep }, mapping).quarantined).toMatchObject([{ code: 'too_deep', pointer: '/x' }]);
  });
});

describe('a mapping', () => {
  it.each<[string, unknown, string]>([
    ['no object', 5, ''],
    ['without labels', {}, '/labels'],
    ['without a name', { labels: {} }, '/labels/alertname'],
    ['with a bad pointer', { labels: { alertname: { path: '/a~2' } } }, '/labels/alertname/path'],
    ['with a bad dotted path', { labels: { alertname: { path: 'a..b' } } }, '/labels/alertname/path'],
    ['with a path of 501 characters', { labels: { alertname: { path: 'x'.repeat(501) } } }, '/labels/alertname/path'],
    ['with path and value', { labels: { alertname: { path: 'a', value: 'b' } } }, '/labels/alertname'],
    ['with neither', { labels: { alertname: {} } }, '/labels/alertname'],
    ['with a map for a constant', { labels: { alertname: { value: 'b', map: {} } } }, '/labels/alertname'],
    ['with an unknown field', { labels: { alertname: { path: 'a' } }, label: {} }, '/label'],
    [
      'with an unknown field within',
      { labels: { alertname: { path: 'a', defualt: 'x' } } },
      '/labels/alertname/defualt',
    ],
    [
      'with an unknown time',
      { labels: { alertname: { path: 'a' } }, starts_at: { path: 'a', format: 'x' } },
      '/starts_at/format',
    ],
    [
      'without resolved values',
      { labels: { alertname: { path: 'a' } }, status: { path: 'a', resolved: [] } },
      '/status/resolved',
    ],
    ['with a list from the root', { list: '$root/a', labels: { alertname: { path: 'a' } } }, '/list'],
    [
      'with 65 labels',
      { labels: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`l${i}`, { value: 'x' }])) },
      '/labels',
    ],
    ['with a reserved key', JSON.parse('{"labels":{"alertname":{"path":"a"}},"__proto__":{}}'), '/__proto__'],
  ])('%s is refused at its place', (_, mapping, pointer) => {
    expect(checkMapping(mapping)).toMatchObject({ problems: [{ pointer }] });
  });
});

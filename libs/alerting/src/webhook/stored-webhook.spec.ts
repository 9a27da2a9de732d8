import { alertTexts, bodyOfOne } from './alert-texts';
import type { FieldMapping } from './formats/field-mapping';
import { normaliseAlert, type NormalisedAlert } from './normalised-alert';
import type { ParsedWebhook } from './parsed-webhook';
import { detectFormat, readStoredWebhook } from './stored-webhook';

const RECEIVED = Date.parse('2026-11-22T10:00:00Z');
const context = { received_at: RECEIVED };

function read(tag: string | null, body: unknown, mapping?: FieldMapping): Extract<ParsedWebhook, { ok: true }> {
  const parsed = readStoredWebhook(tag, JSON.stringify(body), { ...context, mapping });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed;
}
const normalised = (tag: string | null, body: unknown): NormalisedAlert[] =>
  read(tag, body).group.alerts.map(({ alert }) => normaliseAlert(alert, 'c1'));

const POSTED = {
  labels: { alertname: 'HighCPU', instance: 'a:9100' },
  annotations: { summary: 's' },
  startsAt: '2026-11-22T09:58:00.123456789Z',
  endsAt: '2026-11-22T10:04:00Z',
  generatorURL: 'http://prometheus/graph?g0.expr=up&g0.tab=1',
};

describe('what Prometheus posts to an Alertmanager', () => {
  it('fires while its end lies in the future, and the end is no end', () => {
    expect(normalised('prometheus', [POSTED])).toMatchObject([
      {
        status: 'firing',
        name: 'HighCPU',
        starts_at: POSTED.startsAt,
        ends_at_ms: null,
        expires_at_ms: Date.parse(POSTED.endsAt),
        generator_url: POSTED.generatorURL,
      },
    ]);
  });

  it('is resolved once its end has passed when it is received, whenever it is read', () => {
    const ended = { ...POSTED, endsAt: '2026-11-22T10:00:00Z' };
    expect(normalised('prometheus', [ended])).toMatchObject([{ status: 'resolved', ends_at_ms: RECEIVED }]);
    expect(normalised('prometheus', [ended])[0]!.expires_at_ms).toBeUndefined();
  });

  it('is the same episode as when Alertmanager sends it on', () => {
    const sentOn = { version: '4', alerts: [{ ...POSTED, status: 'firing', endsAt: '0001-01-01T00:00:00Z' }] };
    expect(normalised('prometheus', [POSTED])[0]!.episode_key).toBe(normalised(null, sentOn)[0]!.episode_key);
  });

  it.each([undefined, null, '0001-01-01T00:00:00Z'])('without a start (%j) begins when it is received', (startsAt) => {
    expect(normalised('prometheus', [{ ...POSTED, startsAt }])).toMatchObject([
      { start_assumed: true, starts_at_ms: RECEIVED },
    ]);
  });

  it('with a bad alert keeps the others', () => {
    const { accepted, quarantined } = read('prometheus', [
      POSTED,
      5,
      { ...POSTED, labels: {} },
      { ...POSTED, endsAt: 'x' },
    ]);
    expect(accepted).toBe(1);
    expect(quarantined.map(({ code, pointer }) => `${code} ${pointer}`)).toEqual([
      'not_an_object /1',
      'empty_labels /2/labels',
      'bad_time /3/endsAt',
    ]);
  });

  it('is a list, nothing else', () => {
    expect(readStoredWebhook('prometheus', '{"alerts":[]}', context)).toMatchObject({ ok: false });
  });
});

const GRAFANA = {
  receiver: 'My Super Webhook',
  status: 'firing',
  orgId: 1,
  version: '1',
  state: 'alerting',
  title: '[FIRING:1]',
  groupKey: '{}:{}',
  truncatedAlerts: 3,
  alerts: [
    {
      status: 'firing',
      labels: { alertname: 'High memory usage', team: 'blue' },
      annotations: { summary: 'own', panel_url: 'the rule says so' },
      startsAt: '2021-10-12T09:51:03.157076+02:00',
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: 'https://play.grafana.org/alerting/1afz29v7z/edit',
      fingerprint: 'c6eadffa33fcdf37',
      silenceURL: 'https://play.grafana.org/alerting/silence/new',
      dashboardURL: '',
      panelURL: 'https://play.grafana.org/d/x?viewPanel=2',
      values: { B: 44.2, C: 1 },
    },
  ],
};

describe('what Grafana sends', () => {
  it('is told from an Alertmanager message', () => {
    expect(detectFormat(GRAFANA)).toBe('grafana');
    expect(detectFormat({ version: '4', alerts: [] })).toBe('alertmanager');
    expect(detectFormat([GRAFANA])).toBe('alertmanager');
  });

  it('keeps values and links as annotations, the rule’s own first', () => {
    const [alert] = normalised('grafana', GRAFANA);
    expect(alert).toMatchObject({ status: 'firing', fingerprint: 'c6eadffa33fcdf37', starts_at_ms: 1634025063157 });
    expect({ ...alert!.annotations }).toEqual({
      summary: 'own',
      panel_url: 'the rule says so',
      silence_url: 'https://play.grafana.org/alerting/silence/new',
      values: 'B=44.2, C=1',
    });
    expect(read('grafana', GRAFANA).group).toMatchObject({ truncated_alerts: 3, receiver: 'My Super Webhook' });
  });

  it('of before 9.4 says its values as a text', () => {
    const alerts = [{ ...GRAFANA.alerts[0], values: null, valueString: '[ value=14 ]' }];
    expect(normalised('grafana', { ...GRAFANA, alerts })[0]!.annotations['values']).toBe('[ value=14 ]');
  });

  it('has its bad alerts set aside like any other', () => {
    const alerts = [
      GRAFANA.alerts[0],
      null,
      { ...GRAFANA.alerts[0], annotations: 'x' },
      { ...GRAFANA.alerts[0], status: 'ok' },
    ];
    expect(read('grafana', { ...GRAFANA, alerts }).quarantined.map(({ pointer }) => pointer)).toEqual([
      '/alerts/1',
      '/alerts/2/annotations',
      '/alerts/3/status',
    ]);
  });
});

describe('the severity of an address', () => {
  const labels = { alertname: 'A' };
  const body = (severity?: string): unknown => ({
    alerts: [
      {
        status: 'firing',
        labels: severity === undefined ? labels : { ...labels, severity },
        startsAt: POSTED.startsAt,
      },
    ],
  });

  it('is given to alerts without one, and to no other', () => {
    expect(normalised('alertmanager/critical', body())[0]!.severity).toBe('critical');
    expect(normalised('alertmanager/critical', body(''))[0]!.severity).toBe('critical');
    expect(normalised('alertmanager/warning', body('info'))[0]!.severity).toBe('info');
    expect(normalised(null, body())[0]!.severity).toBeNull();
  });

  it('leaves an assumed start assumed', () => {
    const [alert] = normalised('prometheus/warning', [{ labels }]);
    expect(alert).toMatchObject({ severity: 'warning', start_assumed: true });
  });
});

it('newer fields of Alertmanager are passed on', () => {
  const body = { version: '4', notification_reason: 'repeat interval elapsed', routeLabels: { t: 'x' }, alerts: [] };
  expect(read(null, body).group).toMatchObject({
    notification_reason: 'repeat interval elapsed',
    route_labels: { t: 'x' },
  });
});

it('a format nobody knows, and a mapping that is gone, are refused', () => {
  expect(readStoredWebhook('future', '{}', context).ok).toBe(false);
  expect(readStoredWebhook('mapped', '{}', context).ok).toBe(false);
});

it.each(['\\u0000', '\\u001F', '\\b', '\\f', '\\ud800', '\\uDFFF', '\\udc00', '\\uDeaD'])(
  '%s is found in a label however it is spelt',
  (escape) => {
    const text = `{"alerts":[{"status":"firing","labels":{"a":"x${escape}"},"startsAt":"2026-11-22T10:00:00Z"}]}`;
    expect(readStoredWebhook(null, text, context)).toMatchObject({ accepted: 0, quarantined: [{ index: 0 }] });
  },
);

it.each(['\\u003c\\u0026', '\\n', '\\t', '\\\\', '\\"', '\\u4e2d'])('%s in a value is nothing bad', (escape) => {
  const text = `{"alerts":[{"status":"firing","labels":{"a":"x${escape}"},"startsAt":"2026-11-22T10:00:00Z"}]}`;
  expect(readStoredWebhook(null, text, context)).toMatchObject({ accepted: 1 });
});

describe('the text of a single alert', () => {
  const mapping: FieldMapping = {
    list: '/d/0/items',
    labels: { alertname: { path: 'n' }, site: { path: '$root.site' } },
  };
  it.each<[string | null, string, string[]]>([
    [null, '{"x":{"alerts":[9]}, "alerts": [ 1.0 , {"a":"]"} ]}', ['1.0', '{"a":"]"}']],
    ['grafana', '{"alerts":[1],"alerts":[2]}', ['2']],
    ['prometheus', ' [ {"labels":{}} ,null]', ['{"labels":{}}', 'null']],
  ])('as %s is what was sent', (tag, body, texts) => {
    expect(alertTexts(tag, body)).toEqual(texts);
  });

  it('is found however deep its neighbours are nested', () => {
    const deep = '['.repeat(50_000) + ']'.repeat(50_000);
    expect(alertTexts(null, `{"alerts":[${deep},{"b":2}]}`)).toEqual([deep, '{"b":2}']);
  });

  it('of a mapped message comes with what surrounds it', () => {
    const body = '{"site":"n", "d":[{"items":[{"n":"A"}, {"n":"B"}]},7]}';
    const texts = alertTexts('mapped', body, mapping);
    expect(texts).toEqual([
      '{"site":"n", "d":[{"items":[{"n":"A"}]},7]}',
      '{"site":"n", "d":[{"items":[{"n":"B"}]},7]}',
    ]);
    const [, second] = texts;
    const parsed = readStoredWebhook('mapped', bodyOfOne('mapped', second!), { ...context, mapping });
    expect(parsed).toMatchObject({
      accepted: 1,
      group: { alerts: [{ alert: { labels: { alertname: 'B', site: 'n' } } }] },
    });
  });

  it('of a mapped message without a list is the message', () => {
    expect(alertTexts('mapped', ' {"n":"A"} ', { labels: {} })).toEqual(['{"n":"A"}']);
  });

  it('does not drag along surroundings without end', () => {
    const items = Array(5).fill('{"n":"A"}').join(',');
    const body = `{"noise":"${'x'.repeat(20_000)}","d":[{"items":[${items}]}]}`;
    const list: FieldMapping = { ...mapping, list: '/d/0/items' };
    expect(alertTexts('mapped', body, list)[4]).toBe('{"d":{"0":{"items":[{"n":"A"}]}}}');
  });

  it('can be read again in every format', () => {
    for (const [tag, body] of [
      [null, { version: '4', alerts: [{ ...POSTED, status: 'firing' }] }],
      ['grafana/critical', GRAFANA],
      ['prometheus', [POSTED]],
    ] as const) {
      const [text] = alertTexts(tag, JSON.stringify(body));
      expect(readStoredWebhook(tag, bodyOfOne(tag, text!), context)).toMatchObject({ ok: true, accepted: 1 });
    }
  });
});

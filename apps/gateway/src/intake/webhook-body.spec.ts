import { ServiceError } from '@alertagent/contracts';
import { readWebhookBody } from './webhook-body';
import { WEBHOOK_ORIGIN, type WebhookOrigin } from './webhook-origin';

const read = (body: string | Buffer) => readWebhookBody(Buffer.from(body as string)).receipt;
const refusal = (body: string | Buffer): string => {
  try {
    read(body);
    return 'accepted';
  } catch (error) {
    return error instanceof ServiceError ? `${error.code} ${error.errors[0]?.code}` : String(error);
  }
};

const good = '{"status":"firing","labels":{"alertname":"A"},"startsAt":"2026-11-22T10:00:00Z"}';

describe('reading a webhook body', () => {
  it('counts good alerts and names the others with their places', () => {
    expect(read(`{"version":"4","alerts":[${good},{"status":"firing"},${good}]}`)).toEqual({
      accepted: 2,
      quarantined: [{ index: 1, code: 'bad_labels' }],
    });
  });

  it.each([
    ['', 'invalid empty_body'],
    [' ', 'invalid malformed_json'],
    ['{', 'invalid malformed_json'],
    ['\ufeff{"alerts":[]}', 'invalid malformed_json'],
    ['{"alerts":[]} // comment', 'invalid malformed_json'],
    ['[]', 'invalid not_an_object'],
    ['null', 'invalid not_an_object'],
    ['"高"', 'invalid not_an_object'],
    ['{}', 'invalid required'],
    ['{"alerts":{}}', 'invalid not_an_array'],
    [`{"alerts":[${Array(10_001).fill('0').join(',')}]}`, 'too_large too_many_alerts'],
  ])('refuses %.40s as %s', (body, expected) => {
    expect(refusal(body)).toBe(expected);
  });

  it('refuses bytes that are not UTF-8 instead of repairing them', () => {
    expect(refusal(Buffer.from([...Buffer.from('{"alerts":["'), 0xff, 0xfe, ...Buffer.from('"]}')]))).toBe(
      'invalid not_utf8',
    );
  });

  it('tells Grafana from Alertmanager, and keeps the severity of the address', () => {
    const grafana = `{"orgId":1,"version":"1","truncatedAlerts":2,"alerts":[${good}]}`;
    const read = (body: string, origin: Partial<WebhookOrigin> = {}) => {
      const { format, truncated_alerts } = readWebhookBody(Buffer.from(body), { ...WEBHOOK_ORIGIN, ...origin }, 0);
      return { format, truncated_alerts };
    };
    expect(read(grafana)).toEqual({ format: 'grafana', truncated_alerts: 2 });
    expect(read(grafana, { severity: 'critical' }).format).toBe('grafana/critical');
    expect(read(`{"alerts":[${good}]}`).format).toBeNull();
    expect(read(`{"alerts":[${good}]}`, { severity: 'warning' }).format).toBe('alertmanager/warning');
    expect(read(`[${good}]`, { format: 'prometheus' }).format).toBe('prometheus');
  });
});

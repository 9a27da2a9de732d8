import { ServiceError } from '@alertagent/contracts';
import { readWebhookBody } from './webhook-body';

const read = (body: string | Buffer) => readWebhookBody(Buffer.from(body as string));
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
});

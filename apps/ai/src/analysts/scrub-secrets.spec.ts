import { scrubSecrets } from './scrub-secrets';

describe('scrubbing text for a model', () => {
  it.each([
    'Authorization: Bearer abcdefgh12345678',
    'authorization: basic YWRtaW46aHVudGVyMg==',
    'password=hunter2hunter2',
    '{"api_key": "hunter2hunter2"}',
    "access-key: 'hunter2 hunter2'",
    'https://admin:hunter2@example.com/x',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.hunter2hunter2',
    'AKIAIOSFODNN7EXAMPLE',
    '-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----',
  ])('takes the secret out of %j', (text) => {
    expect(scrubSecrets(text)).not.toMatch(/hunter2|abcdefgh|YWRtaW4|AKIAIOS/);
  });

  it.each(['CPU usage is 85% on server-1', 'see https://wiki.example.com/runbooks/disk', 'tokens per second fell'])(
    'leaves %j alone',
    (text) => {
      expect(scrubSecrets(text)).toBe(text);
    },
  );
});

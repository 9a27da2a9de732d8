import { redactSecrets } from './redact-secrets';

describe('audit redaction', () => {
  it('blanks secrets by the name of their key, at any depth', () => {
    const secrets = redactSecrets({
      name: 'prod',
      apiKey: 'k',
      tokens: { webhook: 't' },
      receivers: [{ http: { authorization: 'Basic x', url: 'https://n8n.example' } }],
      client_secret: 's',
      password: null,
    });
    expect(secrets).toEqual({
      name: 'prod',
      apiKey: '[redacted]',
      tokens: '[redacted]',
      receivers: [{ http: { authorization: '[redacted]', url: 'https://n8n.example' } }],
      client_secret: '[redacted]',
      password: null,
    });
  });

  it('keeps what only speaks about a secret', () => {
    const harmless = {
      token_id: 't1',
      token_name: 'ci',
      token_prefix: 'aat_',
      secret_count: 2,
      token_expires_at: '2026-01-01',
    };
    expect(redactSecrets(harmless)).toEqual(harmless);
  });

  it('blanks a token that stands in a text', () => {
    expect(JSON.stringify(redactSecrets({ note: 'use Bearer abcdef123456 here' }))).not.toContain('abcdef123456');
  });
});

import { alertmanagerConfigHash, loadedConfig } from './alertmanager-proof';

describe('the proof of an Alertmanager configuration', () => {
  it('computes the number that Alertmanager shows for a file', () => {
    // md5("hello") starts with 5d 41 40 2a bc 4b; read from the low byte up.
    expect(alertmanagerConfigHash(Buffer.from('hello'))).toBe(0x4bbc2a40415d);
  });

  it('reads hash and result from the metrics in the notation of Go', () => {
    const text =
      '# HELP alertmanager_config_hash Hash\nalertmanager_config_hash 8.327449174e+13\nalertmanager_config_last_reload_successful 1\n';
    expect(loadedConfig(text)).toEqual({ hash: 83274491740000, lastReloadSuccessful: true });
    expect(loadedConfig(text.replace('successful 1', 'successful 0')).lastReloadSuccessful).toBe(false);
    expect(loadedConfig('up 1\n')).toEqual({ hash: null, lastReloadSuccessful: null });
  });
});

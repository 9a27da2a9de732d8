import { vmalertReloads } from './vmalert-target';

describe('the reload metrics of vmalert', () => {
  it('tell how often it reloaded and whether the last time went well', () => {
    const metrics = [
      'vmalert_config_last_reload_errors_total 1',
      'vmalert_config_last_reload_success_timestamp_seconds 1795821786',
      'vmalert_config_last_reload_successful 0',
      'vmalert_config_last_reload_total 7',
    ].join('\n');
    expect(vmalertReloads(metrics)).toEqual({ total: 7, lastSuccessful: false });
  });

  it('are not made up where vmalert has none', () => {
    expect(vmalertReloads('go_goroutines 12\n')).toEqual({ total: null, lastSuccessful: null });
  });
});

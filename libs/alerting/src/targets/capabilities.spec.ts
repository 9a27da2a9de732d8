import { capabilitiesOf } from './capabilities';

describe('what a program can do', () => {
  it('grows with its version', () => {
    expect(capabilitiesOf('prometheus', '2.41.0')).toEqual([]);
    expect(capabilitiesOf('prometheus', '2.42.0+ds')).toEqual(['keep_firing_for']);
    expect(capabilitiesOf('prometheus', '3.5.3')).toEqual([
      'keep_firing_for',
      'query_offset',
      'group_labels',
      'utf8_names',
    ]);
    expect(capabilitiesOf('alertmanager', '0.25.0')).toEqual([]);
    expect(capabilitiesOf('alertmanager', '0.28.1')).toEqual(['url_file', 'utf8_matchers', 'webhook_timeout']);
    expect(capabilitiesOf('vmalert', 'v1.145.0')).toEqual(['keep_firing_for']);
  });

  it('is not claimed for what cannot be told', () => {
    for (const version of [null, '', 'master']) expect(capabilitiesOf('prometheus', version)).toEqual([]);
    expect(capabilitiesOf(null, '3.5.3')).toEqual([]);
  });
});

import { toLineProtocol, type Volume } from './line-protocol';

const volume: Volume = {
  bucket: 1_700_000_040_000,
  cluster: 'prod',
  disposition: 'accepted',
  severity: 'critical',
  alerts: 5,
};
const clusterIn = (cluster: string): string => toLineProtocol([{ ...volume, cluster }]).split(',disposition=')[0]!;

describe('line protocol', () => {
  it('writes one point a line, whole counts, in seconds', () => {
    expect(toLineProtocol([volume, { ...volume, bucket: volume.bucket + 60_000, alerts: 0 }])).toBe(
      'alertagent_alerts,cluster=prod,disposition=accepted,severity=critical count=5i 1700000040\n' +
        'alertagent_alerts,cluster=prod,disposition=accepted,severity=critical count=0i 1700000100\n',
    );
  });

  it('writes nothing for nothing', () => {
    expect(toLineProtocol([])).toBe('');
  });

  it('escapes what separates', () => {
    expect(clusterIn('eu west,1=a')).toBe('alertagent_alerts,cluster=eu\\ west\\,1\\=a');
  });

  it('lets no name end the line or escape what follows it', () => {
    expect(clusterIn('a\nb\r\nc\td')).toBe('alertagent_alerts,cluster=a_b_c_d');
    expect(clusterIn('ends in \\')).toBe('alertagent_alerts,cluster=ends\\ in\\ _');
  });

  it('keeps other scripts, and gives a name to what has none', () => {
    expect(clusterIn('東京')).toBe('alertagent_alerts,cluster=東京');
    expect(clusterIn('')).toBe('alertagent_alerts,cluster=none');
  });
});

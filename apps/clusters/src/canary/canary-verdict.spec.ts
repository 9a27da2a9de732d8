import type { CanaryPlace } from '@alertagent/contracts';
import { canaryVerdict, type CanaryEvidence } from './canary-verdict';

const NOW = Date.parse('2030-01-01T12:00:00Z');
const ago = (seconds: number): Date => new Date(NOW - seconds * 1000);
/** Seen first an hour ago, and last so many seconds ago. */
const seen = (place: CanaryPlace, seconds: number, instance = 'http://p0') => ({
  place,
  instance,
  firstAt: ago(3600),
  heardAt: ago(seconds),
});
const verdict = (
  sightings: CanaryEvidence['sightings'],
  isAlertmanagerWell: boolean | null = true,
  syncIntervalMs = 30_000,
  listeningSince = ago(36_000),
) => canaryVerdict({ sightings, isAlertmanagerWell, syncIntervalMs, listeningSince }, new Date(NOW));
const hops = (...given: Parameters<typeof verdict>) =>
  verdict(...given).broken.map(({ hop, instance }) => [hop, instance]);

describe('the way of the canary', () => {
  it('is not known before a Prometheus ever evaluated it, nor in its first minutes', () => {
    expect(verdict([])).toEqual({ status: 'unknown', broken: [] });
    const young = { ...seen('prometheus', 5), firstAt: ago(170) };
    expect(verdict([young])).toEqual({ status: 'unknown', broken: [] });
    expect(verdict([young, seen('gateway', 5)]).status).toBe('ok');
  });

  it('is well while the canary arrives, whatever sidecars say', () => {
    expect(verdict([seen('prometheus', 900), seen('gateway', 100)], false)).toEqual({ status: 'ok', broken: [] });
  });

  it('breaks in Prometheus when none evaluates it', () => {
    expect(hops([seen('prometheus', 200), seen('alertmanager', 10), seen('gateway', 200)])).toEqual([
      ['prometheus', ''],
    ]);
  });

  it('breaks before Alertmanager when it is evaluated and does not fire there', () => {
    expect(hops([seen('prometheus', 20), seen('alertmanager', 200), seen('gateway', 200)])).toEqual([
      ['prometheus_to_alertmanager', ''],
    ]);
  });

  it('breaks in Alertmanager when none is well', () => {
    expect(hops([seen('prometheus', 20), seen('alertmanager', 200), seen('gateway', 200)], false)).toEqual([
      ['alertmanager', ''],
    ]);
  });

  it('breaks behind Alertmanager when it fires there and does not arrive', () => {
    expect(hops([seen('prometheus', 20), seen('alertmanager', 20), seen('gateway', 200)])).toEqual([
      ['alertmanager_to_gateway', ''],
    ]);
    expect(hops([seen('prometheus', 20), seen('alertmanager', 20)])).toEqual([['alertmanager_to_gateway', '']]);
  });

  it('breaks somewhere behind Prometheus where no sidecar looks at Alertmanager', () => {
    expect(hops([seen('prometheus', 20), seen('gateway', 200)], null)).toEqual([['after_prometheus', '']]);
    expect(hops([seen('prometheus', 20)], true)).toEqual([['after_prometheus', '']]);
  });

  it('breaks for the one of two Prometheuses whose canary is missing', () => {
    const both = [
      seen('prometheus', 20, 'member-0'),
      seen('prometheus', 20, 'member-1'),
      seen('gateway', 20, 'http://p0'),
      seen('gateway', 400, 'http://p1'),
    ];
    expect(hops([...both, seen('alertmanager', 10, 'http://p0'), seen('alertmanager', 400, 'http://p1')])).toEqual([
      ['prometheus_to_alertmanager', 'http://p1'],
    ]);
    expect(hops([...both, seen('alertmanager', 10, 'http://p0'), seen('alertmanager', 10, 'http://p1')])).toEqual([
      ['alertmanager_to_gateway', 'http://p1'],
    ]);
  });

  it('does not miss the canary of a Prometheus that was scaled away', () => {
    const sightings = [
      seen('prometheus', 20),
      seen('prometheus', 4000, 'gone'),
      seen('gateway', 20),
      seen('gateway', 4000, 'http://gone'),
    ];
    expect(verdict(sightings)).toEqual({ status: 'ok', broken: [] });
  });

  it('waits longer for sidecars that report rarely', () => {
    const sightings = [seen('prometheus', 500), seen('alertmanager', 500), seen('gateway', 500)];
    expect(hops(sightings, true, 200_000)).toEqual([['alertmanager_to_gateway', '']]);
  });

  it('misses nothing for the time in which nobody could hear it', () => {
    const sightings = [seen('prometheus', 900), seen('alertmanager', 900), seen('gateway', 900)];
    expect(verdict(sightings, true, 30_000, ago(170)).broken).toEqual([]);
    expect(verdict(sightings, true, 30_000, ago(190)).broken).toHaveLength(1);
  });

  it('says since when, and where it was seen last', () => {
    const [broken] = verdict([seen('prometheus', 20), seen('alertmanager', 20), seen('gateway', 200)]).broken;
    expect(broken).toMatchObject({ since: ago(200), reason: expect.stringContaining('does not get here') as unknown });
  });
});

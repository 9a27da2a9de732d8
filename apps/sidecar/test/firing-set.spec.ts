import { alertmanagerText } from './rule-text';
import { Scene } from './scene';
import { until } from './until';

describe('what fires at a real Alertmanager', () => {
  let scene: Scene;
  /** What alerts are described with. */
  let text = 'something is wrong';
  beforeEach(async () => {
    scene = new Scene('alertmanager-config');
    await scene.centre.start();
    const configuration = alertmanagerText('alertagent');
    const routes = '  routes:\n    - matchers: [team="other"]\n      receiver: other\n';
    scene.centre.publish(1, configuration.replace('receivers:', `${routes}receivers:\n  - name: other`));
    await scene.startTarget();
  });
  afterEach(() => scene.close());

  const fire = async (...labels: Record<string, string>[]): Promise<void> => {
    const response = await fetch(`${scene.target.url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(labels.map((each) => ({ labels: each, annotations: { description: text } }))),
    });
    expect(response.status).toBe(200);
  };
  const silence = async (alertname: string): Promise<void> => {
    const body = {
      matchers: [{ name: 'alertname', value: alertname, isRegex: false, isEqual: true }],
      startsAt: new Date().toISOString(),
      endsAt: new Date(Date.now() + 3_600_000).toISOString(),
      createdBy: 'test',
      comment: 'test',
    };
    await fetch(`${scene.target.url}/api/v2/silences`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  };
  const namesOf = (set: (typeof scene.centre.firingSets)[number]): string =>
    set.alerts
      .map(({ labels }) => labels['alertname'])
      .sort()
      .join();

  it('is told to AlertAgent again and again: what is routed to it, also when it is silenced', async () => {
    scene.startSidecar();
    await scene.reported('live', 1);
    await fire({ alertname: 'A' }, { alertname: 'B' }, { alertname: 'C', team: 'other' });
    await silence('B');
    await until('a set of both', () => scene.centre.firingSets.find((set) => namesOf(set) === 'A,B'));
    const count = scene.centre.firingSets.length;
    await until('two more sets', () => (scene.centre.firingSets.length >= count + 2 ? true : undefined));
    expect(scene.centre.firingSets.every((set) => !namesOf(set).includes('C'))).toBe(true);
  });

  it('is told of in vain once in the log, and the configuration goes on, when AlertAgent has no such address', async () => {
    scene.centre.firingSetStatus = 404;
    const sidecar = scene.startSidecar();
    await until('some sets', () => (scene.centre.firingSets.length >= 3 ? true : undefined));
    expect(sidecar.log.split('what fires could not be compared')).toHaveLength(2);
    scene.centre.publish(2, alertmanagerText('alertagent'));
    await scene.reported('live', 2);
    scene.centre.firingSetStatus = 200;
    await until('the recovery in the log', () => (/what fires is compared again/.test(sidecar.log) ? true : undefined));
  });

  it('is not told at all while the target is away: an empty set would end everything', async () => {
    const sidecar = scene.startSidecar();
    await scene.reported('live', 1);
    await fire({ alertname: 'A' });
    await until('a set', () => scene.centre.firingSets.find((set) => namesOf(set) === 'A'));
    await scene.killTarget();
    await until('the trouble in the log', () => (/could not be compared/.test(sidecar.log) ? true : undefined));
    expect(namesOf(scene.centre.firingSets.at(-1)!)).toBe('A');
  });

  it('is not told when that is switched off', async () => {
    scene.startSidecar({ ALERTAGENT_FIRING_SET: 'off' });
    await scene.reported('live', 1);
    const seen = scene.centre.reports.length;
    await until('some heartbeats', () => (scene.centre.reports.length >= seen + 4 ? true : undefined));
    expect(scene.centre.firingSets).toEqual([]);
  });

  it('fits into the small heap when ten thousand alerts fire', async () => {
    const sidecar = scene.startSidecar();
    await scene.reported('live', 1);
    text = 'ü'.repeat(150);
    for (let start = 0; start < 10_000; start += 2_000)
      await fire(
        ...Array.from({ length: 2_000 }, (_, index) => ({ alertname: 'Many', instance: `host-${start + index}:9100` })),
      );
    await until('the whole set', () => scene.centre.firingSets.find(({ alerts }) => alerts.length === 10_000), 60_000);
    const count = scene.centre.firingSets.length;
    await until('two more sets', () => (scene.centre.firingSets.length >= count + 2 ? true : undefined), 30_000);
    expect(sidecar.process.exitCode).toBeNull();
  }, 120_000);
});

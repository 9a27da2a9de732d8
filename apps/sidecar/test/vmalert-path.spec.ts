import { join } from 'node:path';
import { startVictoriametrics, startVmalert, type RunningServer } from '@alertagent/local-stack';
import { ruleId, ruleText } from './rule-text';
import { Scene } from './scene';

describe('the way of a rule file into a real vmalert', () => {
  let scene: Scene;
  let servers: RunningServer[] = [];
  let reloadUrl: string;

  beforeAll(async () => {
    scene = new Scene();
    await scene.centre.start();
    const store = await startVictoriametrics();
    servers = [store];
    const rulesGlob = join(scene.directory, 'rules', '*.yml');
    const vmalert = await startVmalert({ rulesGlob, datasource: store.url });
    servers = [vmalert, store];
    reloadUrl = vmalert.reloadUrl;
  }, 120_000);

  afterAll(async () => {
    await scene?.close();
    for (const server of servers) await server.stop();
  });

  it('ends live, and the member shows itself to be one', async () => {
    scene.startSidecar({ RELOAD_URL: reloadUrl, SYNC_INTERVAL: '1s' });
    scene.centre.publish(1, ruleText([{ name: 'Alpha', version: 3 }]));

    const live = await scene.reported('live', 1);
    expect(live.rules).toMatchObject([{ rule_id: ruleId('Alpha'), rule_version: 3, status: 'live' }]);
    expect(live.target).toMatchObject({ healthy: true, kind: 'vmalert' });

    scene.centre.publish(2, ruleText([]), { empty: true });
    expect((await scene.reported('live', 2)).rules).toEqual([]);
  }, 60_000);
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  ensureBinaries,
  startVictoriametrics,
  startVmalert,
  type VictoriametricsServer,
  type VmalertServer,
} from '@alertagent/local-stack';
import { FakeConfigService } from './fake-config-service';
import { getText } from './get-text';
import { ruleText } from './rule-text';
import { SidecarProcess } from './sidecar-process';
import { until } from './until';

const GOOD = ruleText([{ name: 'Alpha' }, { name: 'Beta' }]);
/** vmalert refuses it; nothing else here can tell, since no check tool is on PATH. */
const INVALID = ruleText([{ name: 'Alpha', expr: 'sum by (' }]);

describe('the way of a rule file into a real vmalert', () => {
  let directory: string;
  let database: VictoriametricsServer;
  let vmalert: VmalertServer;
  let centre: FakeConfigService;
  let sidecar: SidecarProcess | null;

  const configPath = (): string => join(directory, 'alertagent.rules.yml');
  const start = (env: Record<string, string> = {}): SidecarProcess => {
    sidecar = SidecarProcess.start({
      ALERTAGENT_ENDPOINT: centre.url,
      CONFIG_PATH: configPath(),
      CONFIG_TYPE: 'vmalert',
      RELOAD_URL: vmalert.reloadUrl,
      ...env,
    });
    return sidecar;
  };
  const reported = (state: 'live' | 'failed', revision: number) =>
    until(`${state} of revision ${revision}`, () => centre.reported(state, revision)[0]);
  const shown = async (by = vmalert): Promise<string[]> => {
    const { data } = JSON.parse(await getText(`${by.url}/api/v1/rules`)) as {
      data: { groups: { rules: { name: string }[] }[] | null };
    };
    return (data.groups ?? []).flatMap((group) => group.rules.map(({ name }) => name));
  };

  beforeAll(async () => {
    database = await startVictoriametrics();
  });

  beforeEach(async () => {
    sidecar = null;
    directory = mkdtempSync(join(tmpdir(), 'alertagent-vmalert-'));
    centre = new FakeConfigService();
    await centre.start();
    vmalert = await startVmalert({ rulesGlob: join(directory, '*.yml'), datasourceUrl: database.url });
  });

  afterEach(async () => {
    await sidecar?.stop();
    await vmalert.stop();
    await centre.stop();
    rmSync(directory, { recursive: true });
  });

  afterAll(() => database.stop());

  it('ends live with each rule as vmalert itself shows it, and follows a change and a deletion', async () => {
    start();
    centre.publish(1, GOOD);
    const live = await reported('live', 1);
    expect(live.rules.map(({ name, status }) => `${name} ${status}`)).toEqual(['Alpha live', 'Beta live']);
    expect(live.target).toMatchObject({ healthy: true });

    centre.publish(2, ruleText([{ name: 'Beta', version: 2 }]));
    await reported('live', 2);
    expect(await shown()).toEqual(['Beta']);
  });

  it('does not believe the 200 that vmalert answers to a file it cannot load, and puts the last good one back', async () => {
    start();
    centre.publish(1, GOOD);
    await reported('live', 1);

    centre.publish(2, INVALID);
    const failed = await reported('failed', 2);

    expect(failed.reason).toMatch(/vmalert could not load the file.*was put back and is loaded/);
    expect(readFileSync(configPath(), 'utf8')).toBe(GOOD);
    expect(await shown()).toEqual(['Alpha', 'Beta']);
    expect(centre.reported('loaded', 2)).toEqual([]);

    centre.publish(3, ruleText([{ name: 'Gamma' }]));
    await reported('live', 3);
  });

  it('reloads and proves each of several vmalerts in its own way, and names the one that is behind', async () => {
    const second = await startVmalert({ rulesGlob: join(directory, '*.yml'), datasourceUrl: database.url });
    try {
      start({ TRANSPORT: 'shared-directory', RELOAD_URL: `${vmalert.reloadUrl},${second.reloadUrl}` });
      centre.publish(1, GOOD);
      const live = await reported('live', 1);
      expect(await shown(second)).toEqual(['Alpha', 'Beta']);
      expect(live.target).toMatchObject({ healthy: true, kind: 'vmalert' });

      centre.publish(2, INVALID);
      const failed = await until('the verdict', () =>
        centre.reported('failed', 2).find(({ reason }) => reason?.endsWith('was put back and is loaded')),
      );
      expect(failed.reason).toMatch(/^127\.0\.0\.1:\d+: vmalert could not load the file/);
      expect(await shown(second)).toEqual(['Alpha', 'Beta']);
    } finally {
      await second.stop();
    }
  });

  it('does not write what vmalert itself rejects where its program is at hand', async () => {
    const tool = start({ PATH: dirname((await ensureBinaries(['vmalert'])).vmalert) });
    centre.publish(1, GOOD);
    await reported('live', 1);
    expect(tool.log).toMatch(/checked by vmalert/);

    centre.publish(2, INVALID);
    expect((await reported('failed', 2)).reason).toMatch(/vmalert rejects the file/);
    expect(centre.reported('written', 2)).toEqual([]);
  });

  it('repairs an emptied file that vmalert has already taken for its rules', async () => {
    start();
    centre.publish(1, GOOD);
    await reported('live', 1);

    writeFileSync(configPath(), '');
    await fetch(vmalert.reloadUrl, { method: 'POST' });

    await until('the rules to be back', async () =>
      readFileSync(configPath(), 'utf8') === GOOD && (await shown()).length === 2 ? true : undefined,
    );
  });
});

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ActiveAlertPage, BacktestView } from '@alertagent/contracts';
import { pollUntil } from '@alertagent/local-stack';
import { AlertAgent } from './alertagent';

/** Every process whose environment names this data directory: all that one `npm start` started. */
function processesOf(dataDir: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        const text = readFileSync(`/proc/${pid}/environ`, 'utf8') + readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return text.includes(dataDir);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Local addresses (hex, as the kernel prints them) that a process listens on. */
function listeningAddresses(pid: number): string[] {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return [String(statSync(`/proc/${pid}/fd/${fd}`).ino)];
      } catch {
        return [];
      }
    }),
  );
  return ['tcp', 'tcp6'].flatMap((family) =>
    readFileSync(`/proc/${pid}/net/${family}`, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter((columns) => columns[3] === '0A' && inodes.has(columns[9] ?? ''))
      .map((columns) => columns[1] ?? ''),
  );
}

const LOOPBACK = /^(0100007F|00000000000000000000000001000000|0000000000000000FFFF00000100007F):/;

describe('npm start', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'alertagent-start-'));
  let agent: AlertAgent;
  let incidents: string[];

  const incidentIds = async (): Promise<string[]> =>
    (await agent.get<{ items: { id: string }[] }>('/incidents')).items.map(({ id }) => id).sort();

  beforeAll(async () => {
    agent = await AlertAgent.start({ args: [], dataDir });
  });

  afterAll(async () => {
    await agent.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('shows the demo rule live, its alert received, the incident opened and the decision', async () => {
    await agent.says(/Try next:/, 120_000);

    const output = agent.output();
    expect(output).toMatch(/is live on .*: read back from Prometheus and evaluated/);
    expect(output).toMatch(/stored before it was acknowledged/);
    expect(output).toMatch(/incident opened/);
    expect(output).toMatch(/decision: (auto_resolve|immediate_escalation|smart_routing|manual_review)/);
    incidents = await incidentIds();
    expect(incidents).toHaveLength(1);
  });

  it('can be asked what a rule would have done on its Prometheus, and what its Alertmanager has', async () => {
    const rule = { expression: 'up{job!=""} == 1' };
    const from = new Date(Date.now() - 300_000).toISOString();
    const { body } = await agent.call<{ id: string }>('POST', '/api/v1/rules/backtest', {
      rule,
      cluster: 'local',
      from,
    });
    const backtest = await pollUntil(
      async () => {
        const test = await agent.get<BacktestView>(`/rules/backtests/${body.id}`);
        return test.ended_at ? test : null;
      },
      { what: 'the backtest to end' },
    );
    expect(backtest).toMatchObject({ state: 'done', result: { failed_evaluations: 0 } });
    expect(backtest.result!.firings).toBeGreaterThan(0);
    const { items } = await agent.get<ActiveAlertPage>('/clusters/local/alertmanagers/alerts');
    expect(items.map(({ labels }) => labels['alertname'])).toContain('AlertAgentDemo');
  });

  it('keeps its secrets to the owner of the files', () => {
    for (const name of [
      'admin-token',
      'local-cluster/tokens.json',
      'local-cluster/alertmanager/alertagent-webhook.token',
    ]) {
      expect({ name, mode: (statSync(join(dataDir, name)).mode & 0o777).toString(8) }).toEqual({ name, mode: '600' });
    }
  });

  it('listens on loopback only', () => {
    const addresses = processesOf(dataDir).flatMap(listeningAddresses);

    expect(addresses.length).toBeGreaterThan(8);
    expect(addresses.filter((address) => !LOOPBACK.test(address))).toEqual([]);
  });

  it('starts a service again that was killed', async () => {
    const gateway = processesOf(dataDir).find((pid) =>
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('/gateway/dist/bundle/main.js'),
    );
    expect(gateway).toBeDefined();
    process.kill(gateway!, 'SIGKILL');

    await pollUntil(async () => (await incidentIds()).join() === incidents.join(), {
      what: 'the gateway to be back',
      timeoutMs: 30_000,
      intervalMs: 100,
    });
  });

  it('refuses a second start on the same data directory and says why', async () => {
    await expect(AlertAgent.start({ args: [], dataDir })).rejects.toThrow(/already runs on/);
  });

  it('Ctrl-C stops everything it started', async () => {
    const code = await agent.interrupt();

    expect(code).toBe(0);
    for (const service of ['gateway', 'rules', 'clusters', 'config', 'ai']) {
      expect(agent.output()).toMatch(new RegExp(`^${service} +\\| info +Shut down$`, 'm'));
    }
    await pollUntil(() => processesOf(dataDir).length === 0, { what: 'all processes to be gone', timeoutMs: 10_000 });
  });

  it('a second start goes on with nothing lost', async () => {
    agent = await AlertAgent.start({ args: [], dataDir });
    await agent.says(/Try next:/, 120_000);

    expect(await incidentIds()).toEqual(incidents);
    expect(await agent.get('/ledger')).toMatchObject({ balanced: true });
  });
});

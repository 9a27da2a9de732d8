import { MetricsServer } from './metrics-server';
import { metricsText } from './metrics-text';
import { Progress } from './progress';
import { readListenAddress } from './setting-readers';

const LOOPBACK = { host: '127.0.0.1', port: 0 };

describe('the metrics of a sidecar', () => {
  const stop = new AbortController();
  const progress = new Progress({ clusterId: 'c', type: 'prometheus-rules', member: 'm', version: '1' }, () => ({
    trusted: null,
    revision: null,
    set: null,
  }));
  const said: string[] = [];
  let running: Promise<void>;
  let port: number;

  beforeAll(async () => {
    port = await new Promise<number>((resolve) => {
      const server: MetricsServer = new MetricsServer(
        LOOPBACK,
        () => metricsText(progress, 1024),
        () => resolve(server.port ?? 0),
      );
      running = server.run(stop.signal);
    });
  });

  afterAll(async () => {
    stop.abort();
    await running;
  });

  const get = async (path = '/metrics', method = 'GET'): Promise<{ status: number; text: string }> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method });
    return { status: answer.status, text: await answer.text() };
  };

  it('show the state that is reported, and every other one as 0', async () => {
    Object.assign(progress, { phase: 'live', revision: 7, diskHash: 'a', loadedHash: 'a', driftRepaired: 2 });
    const { text } = await get();
    expect(text).toContain('alertagent_sidecar_state{state="live"} 1\n');
    expect(text).toContain('alertagent_sidecar_state{state="failed"} 0\n');
    expect(text).toContain('alertagent_sidecar_revision 7\n');
    expect(text).toContain('alertagent_sidecar_proven 1\n');
    expect(text).toContain('alertagent_sidecar_drift_repaired_total 2\n');
    expect(text.endsWith('process_resident_memory_bytes 1024\n')).toBe(true);
  });

  it('never call the target proven while it runs something else than the disk holds', async () => {
    Object.assign(progress, { diskHash: 'b', loadedHash: 'a' });
    expect((await get()).text).toContain('alertagent_sidecar_proven 0\n');
    Object.assign(progress, { diskHash: null, loadedHash: null });
    expect((await get()).text).toContain('alertagent_sidecar_proven 0\n');
  });

  it('answer nothing else, and no writing method', async () => {
    expect((await get('/')).status).toBe(404);
    expect((await get('/metrics', 'POST')).status).toBe(405);
  });

  it('that cannot be served are said and end nothing else', async () => {
    const second = new MetricsServer(
      { host: '127.0.0.1', port },
      () => '',
      (_level, text) => said.push(text),
    );
    await expect(second.run(stop.signal)).resolves.toBeUndefined();
    expect(said).toEqual(['the metrics cannot be served']);
  });
});

describe('the address of the metrics', () => {
  const problems: string[] = [];
  const read = (text: string | undefined): unknown =>
    readListenAddress('X', text, (problem) => {
      problems.push(problem);
      return null;
    });

  it('is none by default, and otherwise host and port', () => {
    expect([undefined, ' ', '127.0.0.1:9099', '[::1]:9099'].map(read)).toEqual([
      null,
      null,
      { host: '127.0.0.1', port: 9099 },
      { host: '::1', port: 9099 },
    ]);
    expect(problems).toEqual([]);
  });

  it.each(['9099', ':9099', 'localhost', 'a:99999', 'http://a:1'])('is not %s', (text) => {
    const before = problems.length;
    expect(read(text)).toBeNull();
    expect(problems.length).toBe(before + 1);
  });
});

import { Backoff } from './backoff';
import { ExchangeFailed } from './http-exchange';
import { Progress, type SidecarReport } from './progress';
import type { Backlog, WaitingReport } from './report-backlog';
import type { ReportedKeys } from './reported-keys';
import { Reporter } from './reporter';

const progressOf = (keys: () => ReportedKeys): Progress =>
  new Progress({ clusterId: 'c', type: 'prometheus-rules', member: 'm', version: '1' }, keys);

describe('the reporter', () => {
  let progress: Progress;
  let sent: (SidecarReport & { observed_at?: string })[];
  let answer: () => number;
  let kept: readonly WaitingReport[];
  let now: number;
  let reporter: Reporter;
  let trusted: string | null;

  const backlog: Backlog = {
    load: () => Promise.resolve([...kept]),
    keep: (waiting) => Promise.resolve(void (kept = [...waiting])),
  };

  beforeEach(() => {
    trusted = null;
    progress = progressOf(() => ({ trusted, revision: null, set: null }));
    sent = [];
    answer = () => 204;
    kept = [];
    now = Date.parse('2030-01-01T00:00:00Z');
    reporter = reporterOf();
  });

  const send = (report: SidecarReport): Promise<number> => {
    const status = answer();
    if (status === 0) return Promise.reject(new ExchangeFailed('unreachable', 'no connection'));
    if (status < 300) sent.push(report);
    return Promise.resolve(status);
  };
  const reporterOf = (): Reporter =>
    new Reporter(
      progress,
      send,
      new Backoff(1, 1),
      backlog,
      () => undefined,
      () => now,
    );

  const move = (phase: Progress['phase'], revision: number): void => {
    Object.assign(progress, { phase, revision });
    reporter.changed();
  };
  const states = (): string[] => sent.map((report) => `${report.state}/${report.revision}`);

  it('delivers one report for each change, in order, and none without a change', async () => {
    move('fetched', 1);
    move('written', 1);
    reporter.changed();
    await reporter.deliver();
    expect(states()).toEqual(['fetched/1', 'written/1']);
  });

  it('delivers that another key is trusted at once', async () => {
    move('live', 1);
    await reporter.deliver();
    trusted = 'k';
    reporter.changed();
    await reporter.deliver();
    expect(sent.map(({ keys }) => keys.trusted)).toEqual([null, 'k']);
  });

  it('keeps the newest report of each state while AlertAgent is away and delivers them in order afterwards', async () => {
    answer = () => 0;
    for (let revision = 1; revision <= 500; revision += 1)
      for (const phase of ['fetched', 'written', 'live'] as const) move(phase, revision);
    expect(await reporter.deliver()).toBe(false);
    answer = () => 503;
    expect(await reporter.deliver()).toBe(false);
    answer = () => 204;
    expect(await reporter.deliver()).toBe(true);
    expect(states()).toEqual(['fetched/500', 'written/500', 'live/500']);
  });

  it('drops a report that AlertAgent refuses instead of repeating it for ever', async () => {
    answer = () => 400;
    move('live', 1);
    expect(await reporter.deliver()).toBe(true);
    answer = () => 204;
    reporter.heartbeat();
    await reporter.deliver();
    expect(states()).toEqual(['live/1']);
  });

  it('says when a report that had to wait was true, and tells afterwards what is true now', async () => {
    answer = () => 0;
    move('live', 1);
    await reporter.deliver();
    now += 10_001;
    answer = () => 204;
    await reporter.deliver();
    expect(sent.map(({ observed_at }) => observed_at)).toEqual(['2030-01-01T00:00:00.000Z']);
    await reporter.deliver();
    expect(sent.map(({ state, observed_at }) => [state, observed_at])).toEqual([
      ['live', '2030-01-01T00:00:00.000Z'],
      ['live', undefined],
    ]);
  });

  it('delivers after a restart what it could not before, once, as the past', async () => {
    answer = () => 0;
    move('live', 1);
    move('written', 2);
    await reporter.deliver();
    reporter = reporterOf();
    await reporter.resume();
    answer = () => 204;
    await reporter.deliver();
    // A moment after the restart it would be taken for the present.
    expect(sent).toEqual([]);
    now += 10_001;
    await reporter.deliver();
    expect(sent.map(({ state, revision, observed_at }) => [state, revision, observed_at])).toEqual([
      ['live', 1, '2030-01-01T00:00:00.000Z'],
      ['written', 2, '2030-01-01T00:00:00.000Z'],
    ]);
    expect(kept).toEqual([]);
  });

  it('keeps what is left over a second restart', async () => {
    answer = () => 0;
    move('live', 1);
    await reporter.deliver();
    for (let restart = 1; restart <= 2; restart += 1) {
      reporter = reporterOf();
      await reporter.resume();
      reporter.heartbeat();
      await reporter.deliver();
    }
    expect(kept.map(({ report }) => report.state)).toEqual(['live', 'live', 'live']);
  });

  it('leaves reports of another member alone', async () => {
    kept = [{ observedAt: now - 60_000, report: { ...progress.report(), member: 'another' } }];
    await reporter.resume();
    await reporter.deliver();
    expect(sent).toEqual([]);
  });

  it('sends a heartbeat also when nothing changed', async () => {
    move('live', 1);
    await reporter.deliver();
    reporter.heartbeat();
    await reporter.deliver();
    expect(states()).toEqual(['live/1', 'live/1']);
  });

  it('ends at once when told to stop', async () => {
    const stop = new AbortController();
    const running = reporter.run(stop.signal);
    stop.abort();
    await expect(running).resolves.toBeUndefined();
  });

  it('shows a refused download as failed without forgetting what is loaded', async () => {
    move('live', 4);
    progress.problem = 'a download was refused';
    reporter.changed();
    await reporter.deliver();
    expect(sent.at(-1)).toMatchObject({ state: 'failed', revision: 4, reason: 'a download was refused' });
  });
});

import { Backoff } from './backoff';
import { ExchangeFailed } from './http-exchange';
import { Progress, type SidecarReport } from './progress';
import { Reporter } from './reporter';

const progressOf = (): Progress =>
  new Progress({ clusterId: 'c', type: 'prometheus-rules', member: 'm', version: '1' });

describe('the reporter', () => {
  let progress: Progress;
  let sent: SidecarReport[];
  let answer: () => number;
  let reporter: Reporter;

  beforeEach(() => {
    progress = progressOf();
    sent = [];
    answer = () => 204;
    const send = (report: SidecarReport): Promise<number> => {
      const status = answer();
      if (status === 0) return Promise.reject(new ExchangeFailed('unreachable', 'no connection'));
      if (status < 300) sent.push(report);
      return Promise.resolve(status);
    };
    reporter = new Reporter(progress, send, new Backoff(1, 1), () => undefined);
  });

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

import { RepeatedWork, type Repetition } from './repeated-work';

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
};

describe('repeated work', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  function repeat(work: () => Promise<void>, told: string[] = []): RepeatedWork {
    const repetition: Repetition = {
      everyMs: 100,
      maxPauseMs: 250,
      work,
      onFailure: () => told.push('failed'),
      onRecovery: () => told.push('recovered'),
    };
    const repeated = new RepeatedWork(repetition);
    repeated.start();
    return repeated;
  }

  it('runs at once and then in its rhythm, until it is stopped', async () => {
    let runs = 0;
    const repeated = repeat(async () => void (runs += 1));
    await settled();
    expect(runs).toBe(1);
    await jest.advanceTimersByTimeAsync(200);
    expect(runs).toBe(3);
    await repeated.stop();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(runs).toBe(3);
  });

  it('pauses longer after each failure, up to a limit, and tells of the first and of the recovery', async () => {
    const told: string[] = [];
    let runs = 0;
    const repeated = repeat(async () => {
      runs += 1;
      if (runs <= 3) throw new Error('away');
    }, told);
    await jest.advanceTimersByTimeAsync(199);
    expect(runs).toBe(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(runs).toBe(2);
    await jest.advanceTimersByTimeAsync(250);
    expect(runs).toBe(3);
    await jest.advanceTimersByTimeAsync(250);
    expect(runs).toBe(4);
    expect(told).toEqual(['failed', 'recovered']);
    await repeated.stop();
  });

  it('is stopped when the run in hand has ended, not before', async () => {
    let end = (): void => undefined;
    const repeated = repeat(() => new Promise((resolve) => (end = resolve)));
    await settled();
    let isStopped = false;
    const stopped = repeated.stop().then(() => (isStopped = true));
    await settled();
    expect(isStopped).toBe(false);
    end();
    await stopped;
  });
});

import { Clock, type Logger, type NatsLink } from '@alertagent/service-kit';
import type { CanaryWatch } from '../canary/canary-watch';
import type { Retirements } from '../retirement/retirements';
import type { SilenceCheck } from './silence-check';
import { SilenceWatch } from './silence-watch';

class SetClock extends Clock {
  time = new Date('2026-01-01T00:00:00Z');
  now(): Date {
    return this.time;
  }
}

describe('SilenceWatch', () => {
  const clock = new SetClock();
  const link = { isUp: true };
  const since: Date[] = [];
  const check = { run: async (from: Date) => void since.push(from) };
  const canary: Pick<CanaryWatch, 'listeningSince'> = { listeningSince: new Date(0) };
  const retirements: Pick<Retirements, 'settleAll'> = { settleAll: async () => undefined };
  const log = { component: () => log, warn: () => undefined };
  const watch = new SilenceWatch(
    check as unknown as SilenceCheck,
    canary as CanaryWatch,
    retirements as Retirements,
    clock,
    link as NatsLink,
    log as unknown as Logger,
  );

  it('counts silence from the start of listening', async () => {
    clock.time = new Date('2026-01-01T00:01:00Z');
    await watch.look();

    expect(since.at(-1)).toEqual(new Date('2026-01-01T00:00:00Z'));
  });

  it('calls nobody silent for the time in which it could not hear anybody', async () => {
    link.isUp = false;
    clock.time = new Date('2026-01-01T00:10:00Z');
    await watch.look();
    link.isUp = true;
    clock.time = new Date('2026-01-01T00:10:05Z');
    await watch.look();

    expect(since.at(-1)).toEqual(new Date('2026-01-01T00:10:00Z'));
    expect(canary.listeningSince).toEqual(new Date('2026-01-01T00:10:00Z'));
  });
});

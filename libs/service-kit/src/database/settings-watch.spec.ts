import { UnsafeDatabaseError } from './check-database-settings';
import { SettingsWatch } from './settings-watch';

describe('the watch over the database settings', () => {
  const unsafe = new UnsafeDatabaseError([
    { setting: 'innodb_flush_log_at_trx_commit', found: '0', reason: 'lost in a power cut', fix: 'SET GLOBAL …' },
  ]);
  let now = 0;
  let looks = 0;
  let outcome: () => Promise<unknown>;
  let watch: SettingsWatch;

  beforeEach(() => {
    now = 5_000;
    looks = 0;
    outcome = async () => [];
    const look = (): Promise<unknown> => {
      looks += 1;
      return outcome();
    };
    watch = new SettingsWatch(look, () => now);
  });

  it('says which setting is unsafe, until it is safe again', async () => {
    outcome = () => Promise.reject(unsafe);
    await watch.refresh();
    await expect(watch.check()).rejects.toThrow('unsafe: innodb_flush_log_at_trx_commit is 0');
    outcome = async () => [];
    await watch.refresh();
    await expect(watch.check()).resolves.toBeUndefined();
  });

  it('looks every ten seconds, in the background and never twice at the same time', async () => {
    outcome = () => new Promise(() => undefined);
    await watch.check();
    expect(looks).toBe(0);
    now += 10_000;
    await watch.check();
    now += 10_000;
    await watch.check();
    expect(looks).toBe(1);
  });

  it('leaves a database that cannot be asked to the other checks', async () => {
    outcome = () => Promise.reject(new Error('ECONNREFUSED'));
    await watch.refresh();
    await expect(watch.check()).resolves.toBeUndefined();
  });
});

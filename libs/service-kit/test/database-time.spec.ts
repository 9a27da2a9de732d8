import { startMariadb, withTempDir, type MariadbServer } from '@alertagent/local-stack';
import type { DataSource } from 'typeorm';
import { DatabaseTime } from '../src/clock/database-time';
import { SteadyClock } from '../src/clock/steady-clock';
import { openDatabase } from '../src/database/open-database';
import { silentLog } from '../src/database/service-database';
import { notesService } from './notes';

const HOUR = 3_600_000;

describe('the time of a service', () => {
  let server: MariadbServer;
  let dataSource: DataSource;
  beforeAll(async () => {
    server = await startMariadb();
    dataSource = await openDatabase({ ...notesService, url: server.url('timed'), runMigrations: true });
  }, 120_000);
  afterAll(async () => {
    await dataSource.destroy();
    await server.stop();
  });

  it('is that of the database when the clock of the machine is wrong, and the log says so', async () => {
    const warnings: object[] = [];
    const clock = new SteadyClock(() => Date.now() + 2 * HOUR);
    const time = new DatabaseTime(clock, dataSource, { ...silentLog, warn: (fields) => void warnings.push(fields) });
    await time.start();
    time.stop();
    expect(Math.abs(clock.now().getTime() - Date.now())).toBeLessThan(HOUR / 60);
    expect(warnings).toHaveLength(1);
  });

  it('is its own on SQLite, which has no server to ask', async () => {
    const clock = new SteadyClock(() => 1_000);
    await withTempDir(async (folder) => {
      const sqlite = await openDatabase({ ...notesService, url: `sqlite:${folder}/own.sqlite`, runMigrations: true });
      await new DatabaseTime(clock, sqlite, silentLog).start();
      await sqlite.destroy();
    });
    expect(clock.now().getTime()).toBeLessThan(HOUR);
  });
});

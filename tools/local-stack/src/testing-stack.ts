import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { startMariadb } from './servers/start-mariadb';
import { createDatabase, dropDatabase } from './servers/mysql-databases';
import { startNats, type NatsOptions, type NatsServer } from './servers/start-nats';
import { makeTempDir, removeDir } from './temp-dir';

/** A source of throw-away databases on one MariaDB or MySQL server. */
export interface TestMariadb {
  /** Creates an empty database whose name starts with `label`, and returns its URL. */
  createDatabase(label?: string): Promise<string>;
  /** Drops what it created, and stops the server if it started one. */
  close(): Promise<void>;
}

/** A database system that a test runs on; made for `describe.each`. */
export interface TestDatabase {
  name: 'sqlite' | 'mariadb';
  /** The URL of a fresh, empty database. `label` makes it recognisable. */
  url(label?: string): Promise<string>;
}

/** Uses the server that `ALERTAGENT_TEST_MYSQL_URL` points to (its user must be allowed to create databases), else starts a private one. */
export async function testMariadb(env: NodeJS.ProcessEnv = process.env): Promise<TestMariadb> {
  const outside = env['ALERTAGENT_TEST_MYSQL_URL'];
  const own = outside ? undefined : await startMariadb();
  const serverUrl = outside ?? own?.url('') ?? '';
  const created: string[] = [];
  return {
    async createDatabase(label = 'test'): Promise<string> {
      // Other workers and other runs may use the same server.
      const name = `${label.replace(/\W/g, '_').slice(0, 40)}_${randomBytes(6).toString('hex')}`;
      const url = await createDatabase(serverUrl, name);
      created.push(name);
      return url;
    },
    async close(): Promise<void> {
      if (own) await own.stop();
      else for (const name of created.splice(0)) await dropDatabase(serverUrl, name);
    },
  };
}

/** The servers and databases of one test file; whatever it hands out ends with `close()`. */
export class SharedStack {
  private readonly closers: (() => Promise<void>)[] = [];
  private mariadb: Promise<TestMariadb> | undefined;

  /** A private NATS server with JetStream. */
  async startTestNats(options: NatsOptions = {}): Promise<NatsServer> {
    const server = await startNats(options);
    this.closers.push(() => server.stop());
    return server;
  }

  /** SQLite and MariaDB. MariaDB is started at the first `url()`, so that a file that is filtered out costs nothing. */
  testDatabaseUrls(): TestDatabase[] {
    return [
      { name: 'sqlite', url: (label) => this.sqliteUrl(label) },
      { name: 'mariadb', url: async (label) => (await this.startedMariadb()).createDatabase(label) },
    ];
  }

  /** Ends everything, last started first. */
  async close(): Promise<void> {
    for (const close of this.closers.splice(0).reverse()) await close();
    const mariadb = await this.mariadb;
    this.mariadb = undefined;
    await mariadb?.close();
  }

  private async sqliteUrl(label = 'test'): Promise<string> {
    const folder = await makeTempDir('sqlite');
    this.closers.push(() => removeDir(folder));
    return `sqlite:${join(folder, `${label}.sqlite`)}`;
  }

  private startedMariadb(): Promise<TestMariadb> {
    this.mariadb ??= testMariadb();
    return this.mariadb;
  }
}

/** One stack per test file: `const stack = sharedStack(); afterAll(() => stack.close());` */
export function sharedStack(): SharedStack {
  return new SharedStack();
}

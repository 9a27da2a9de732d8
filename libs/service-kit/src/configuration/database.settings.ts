import { Max, Min } from 'class-validator';
import { IsAddress } from './address';
import { Section, Setting } from './setting';

/** A MySQL or MariaDB server, written in parts. */
export class MysqlSettings {
  @Setting({ type: 'text', required: true, doc: 'Host name of the MySQL or MariaDB server.' })
  host!: string;

  @Setting({ type: 'integer', doc: 'Port of the server.' })
  @Min(1)
  @Max(65535)
  port: number = 3306;

  @Setting({
    type: 'text',
    doc: 'Database that holds the tables of all services. Create it with `CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`.',
  })
  database: string = 'alertagent';

  @Setting({ type: 'text', doc: 'User to connect as.' })
  username: string = 'alertagent';

  @Setting({ type: 'text', secret: true, doc: 'Password of the user.' })
  password?: string;
}

/** A Redis server: a cache shared by replicas. Losing it changes no result. */
export class RedisSettings {
  @Setting({
    type: 'text',
    env: 'ALERTAGENT_REDIS_URL',
    secret: true,
    doc: 'Address of the server, `redis://[user:password@]host:port/database`. Use either this or `host`.',
  })
  @IsAddress(['redis', 'rediss'])
  url?: string;

  @Setting({
    type: 'text',
    doc: 'Host name of the server. Without `url` and `host` each process keeps its own cache in memory.',
  })
  host?: string;

  @Setting({ type: 'integer', doc: 'Port of the server.' })
  @Min(1)
  @Max(65535)
  port: number = 6379;

  @Setting({ type: 'integer', doc: 'Number of the Redis database.' })
  @Min(0)
  @Max(1023)
  database: number = 0;

  @Setting({ type: 'text', secret: true, doc: 'Password of the server.' })
  password?: string;

  /** One URL, however it was written; `undefined` when no Redis is configured. Holds the password: never log it. */
  connectionUrl(): string | undefined {
    if (this.url) return this.url;
    if (!this.host) return undefined;
    const url = new URL(`redis://${bracketed(this.host)}:${this.port}/${this.database}`);
    if (this.password) url.password = encodeURIComponent(this.password);
    return url.href;
  }
}

/** Where the services keep their data. */
export class DatabaseSettings {
  @Setting({
    type: 'text',
    env: 'ALERTAGENT_DATABASE_URL',
    secret: true,
    doc: '`mysql://user:password@host:3306/database` or `mariadb://…`. Without it (and without `mysql`) each service keeps a SQLite file in `data_dir`.',
  })
  @IsAddress(['mysql', 'mariadb'])
  url?: string;

  @Section(() => MysqlSettings, 'The MySQL or MariaDB server in parts; use either this or `url`.', { optional: true })
  mysql?: MysqlSettings;

  @Section(() => RedisSettings, 'Cache shared by replicas.')
  redis: RedisSettings = new RedisSettings();

  /** One URL, however it was written; `undefined` means SQLite. Holds the password: never log it. */
  connectionUrl(): string | undefined {
    if (this.url || !this.mysql) return this.url;
    const { host, port, database, username, password } = this.mysql;
    const url = new URL(`mysql://${bracketed(host)}:${port}/${encodeURIComponent(database)}`);
    url.username = encodeURIComponent(username);
    if (password) url.password = encodeURIComponent(password);
    return url.href;
  }
}

function bracketed(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}

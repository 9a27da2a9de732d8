import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import type { RunningServer, ServerOptions } from '../processes/running-server';
import { startServer } from '../processes/start-server';
import { removeDir } from '../temp-dir';
import { innodbFileArgs, mariadbInstallation, prepareMariadbData, userArgs } from './mariadb-data';
import { createDatabase, databaseUrl } from './mysql-databases';

/** How to start a private MariaDB. */
export interface MariadbOptions extends ServerOptions {
  /** Size of the buffer pool in MiB; 64 unless told. */
  bufferPoolMb?: number;
}

/** A running MariaDB whose user `root` has no password and is reachable from this machine only. */
export interface MariadbServer extends RunningServer {
  /** Path of its Unix socket. */
  readonly socket: string;
  /** The URL of one of its databases, e.g. `mysql://root@127.0.0.1:20123/alerts`. */
  url(database: string): string;
  /** Creates an empty database with the server's character set and collation, and returns its URL. */
  createDatabase(name: string): Promise<string>;
}

/** The settings that AlertAgent demands of a database server, and nothing that outlives the data directory. */
const settings = [
  '--character-set-server=utf8mb4',
  '--collation-server=utf8mb4_bin',
  '--innodb-flush-log-at-trx-commit=1',
  '--skip-log-bin',
  '--max-allowed-packet=64M',
  '--innodb-lock-wait-timeout=5',
  '--transaction-isolation=READ-COMMITTED',
  '--default-time-zone=+00:00',
  '--skip-name-resolve',
  '--performance-schema=OFF',
];

/** Starts MariaDB on 127.0.0.1 with an initialised data directory, installing it first if this machine has none. */
export async function startMariadb(options: MariadbOptions = {}): Promise<MariadbServer> {
  const installation = await mariadbInstallation();
  // Not in the data directory: the path of a Unix socket may have about 100 characters only.
  const socketDir = await mkdtemp(join(tmpdir(), 'aa-sock-'));
  const socket = join(socketDir, 'mariadb.sock');
  try {
    const server = await startServer(
      {
        name: 'mariadbd',
        async command(port, dataDir) {
          await prepareMariadbData(installation, dataDir);
          const args = [
            '--no-defaults',
            `--basedir=${installation.baseDir}`,
            `--datadir=${dataDir}`,
            `--socket=${socket}`,
            `--pid-file=${join(socketDir, 'mariadb.pid')}`,
            // A starting server clears its folder of temporary tables: one shared by several would lose those in use.
            `--tmpdir=${socketDir}`,
            '--bind-address=127.0.0.1',
            `--port=${port}`,
            `--innodb-buffer-pool-size=${options.bufferPoolMb ?? 64}M`,
            ...innodbFileArgs,
            ...settings,
            ...userArgs(),
          ];
          return { file: installation.file, args };
        },
        async probe(port) {
          const connection = await createConnection({ host: '127.0.0.1', port, user: 'root', connectTimeout: 2_000 });
          try {
            const [rows] = await connection.query('SELECT @@socket AS socket');
            if (!JSON.stringify(rows).includes(JSON.stringify(socket)))
              throw new Error(`another server answers on port ${port}`);
          } finally {
            connection.destroy();
          }
        },
      },
      options,
    );
    const base = `mysql://root@127.0.0.1:${server.port}/`;
    const stop = server.stop.bind(server);
    return Object.assign(server, {
      socket,
      url: (database: string): string => databaseUrl(base, database),
      createDatabase: (name: string): Promise<string> => createDatabase(base, name),
      async stop(): Promise<void> {
        await stop();
        await removeDir(socketDir);
      },
    });
  } catch (error) {
    await removeDir(socketDir);
    throw error;
  }
}

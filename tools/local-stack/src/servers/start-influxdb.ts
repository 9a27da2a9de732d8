import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureBinaries } from '../binaries/ensure-binaries';
import { freePort, releasePort } from '../free-port';
import { httpProbe } from '../processes/http-probe';
import type { RunningServer, ServerOptions } from '../processes/running-server';
import { startServer } from '../processes/start-server';

/** A running InfluxDB 1.x without accounts. */
export interface InfluxdbServer extends RunningServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
}

/** TOML's basic strings are JSON's. */
function configuration(port: number, rpcPort: number, dataDir: string): string {
  const text = (value: string): string => JSON.stringify(value);
  return [
    'reporting-disabled = true',
    `bind-address = ${text(`127.0.0.1:${rpcPort}`)}`,
    '[meta]',
    `dir = ${text(join(dataDir, 'meta'))}`,
    '[data]',
    `dir = ${text(join(dataDir, 'data'))}`,
    `wal-dir = ${text(join(dataDir, 'wal'))}`,
    '[monitor]',
    'store-enabled = false',
    '[http]',
    `bind-address = ${text(`127.0.0.1:${port}`)}`,
    '',
  ].join('\n');
}

/** Starts InfluxDB 1.x on 127.0.0.1, installing it first if this machine has none. Errors: it does not start; the message has its last lines. */
export async function startInfluxdb(options: ServerOptions = {}): Promise<InfluxdbServer> {
  const { influxd: file } = await ensureBinaries(['influxd']);
  const rpcPort = await freePort();
  const server = await startServer(
    {
      name: 'influxdb',
      async command(port, dataDir) {
        const configFile = join(dataDir, 'influxdb.conf');
        await writeFile(configFile, configuration(port, rpcPort, dataDir));
        return { file, args: ['run', '-config', configFile], cwd: dataDir };
      },
      async probe(port) {
        await httpProbe(`http://127.0.0.1:${port}/query?q=SHOW+DATABASES`);
      },
    },
    options,
  );
  const stop = server.stop.bind(server);
  return Object.assign(server, {
    url: `http://127.0.0.1:${server.port}`,
    stop: async () => {
      await stop();
      releasePort(rpcPort);
    },
  });
}

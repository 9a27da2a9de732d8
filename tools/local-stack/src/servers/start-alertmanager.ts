import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensureBinaries } from '../binaries/ensure-binaries';
import { httpProbe } from '../processes/http-probe';
import type { RunningServer, ServerOptions } from '../processes/running-server';
import { startServer } from '../processes/start-server';

/** How to start a private Alertmanager. */
export interface AlertmanagerOptions extends ServerOptions {
  /**
   * Its configuration file; one in the data directory unless given. A missing file is created with a receiver that
   * delivers nowhere, because Alertmanager does not start without one and a sidecar needs it running to read back.
   */
  configFile?: string;
  /** How it finds its peers; without it, it has none. */
  gossip?: AlertmanagerGossip;
}

/** Alertmanagers that gossip tell each other what they have notified about. */
export interface AlertmanagerGossip {
  /** Port on 127.0.0.1 for the gossip. */
  port: number;
  /** `host:port` of the gossip of peers that run already. */
  peers?: readonly string[];
}

/** A running Alertmanager. */
export interface AlertmanagerServer extends RunningServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** POST here to make it read its configuration again. */
  readonly reloadUrl: string;
  readonly configFile: string;
}

const NOWHERE = 'route:\n  receiver: nowhere\nreceivers:\n  - name: nowhere\n';

async function writeIfMissing(file: string, content: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(file, content, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function gossipArgs({ gossip }: AlertmanagerOptions): string[] {
  if (!gossip) return ['--cluster.listen-address='];
  return [
    `--cluster.listen-address=127.0.0.1:${gossip.port}`,
    ...(gossip.peers ?? []).map((peer) => `--cluster.peer=${peer}`),
  ];
}

/** Starts Alertmanager on 127.0.0.1, installing it first if this machine has none. */
export async function startAlertmanager(options: AlertmanagerOptions = {}): Promise<AlertmanagerServer> {
  const { alertmanager: file } = await ensureBinaries(['alertmanager']);
  let configFile = '';
  const server = await startServer(
    {
      name: 'alertmanager',
      async command(port, dataDir) {
        configFile = options.configFile ?? join(dataDir, 'alertmanager.yml');
        await writeIfMissing(configFile, NOWHERE);
        const args = [
          `--config.file=${configFile}`,
          `--storage.path=${join(dataDir, 'data')}`,
          `--web.listen-address=127.0.0.1:${port}`,
          ...gossipArgs(options),
        ];
        return { file, args, cwd: dataDir };
      },
      probe: async (port) => void (await httpProbe(`http://127.0.0.1:${port}/-/ready`)),
    },
    options,
  );
  const url = `http://127.0.0.1:${server.port}`;
  return Object.assign(server, { url, reloadUrl: `${url}/-/reload`, configFile });
}

import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureBinaries } from '../binaries/ensure-binaries';
import type { RunningServer, ServerOptions } from '../processes/running-server';
import { startServer } from '../processes/start-server';
import { tcpProbe } from '../processes/tcp-probe';
import { renderNatsServerConfig, type NatsUser } from './nats-config';

/** How to start a private NATS server with JetStream. */
export interface NatsOptions extends ServerOptions {
  /** Users with allow-lists; without them every local client may do everything. */
  users?: readonly NatsUser[];
  /** Largest message in bytes; 1 MiB unless told. */
  maxPayload?: number;
  /** Port on 127.0.0.1 for its monitoring pages; none unless given. */
  monitorPort?: number;
}

/** A running NATS server. */
export interface NatsServer extends RunningServer {
  /** `nats://127.0.0.1:<port>`, without credentials. */
  readonly url: string;
}

/** Starts nats-server with JetStream on 127.0.0.1, installing it first if this machine has none. */
export async function startNats(options: NatsOptions = {}): Promise<NatsServer> {
  const { 'nats-server': file } = await ensureBinaries(['nats-server']);
  const serverName = `local-${randomUUID()}`;
  const server = await startServer(
    {
      name: 'nats-server',
      async command(port, dataDir) {
        const configFile = join(dataDir, 'nats-server.conf');
        const { users, monitorPort, maxPayload = 1_048_576 } = options;
        const config = renderNatsServerConfig({ port, storeDir: dataDir, serverName, maxPayload, monitorPort, users });
        await writeFile(configFile, config, { mode: 0o600 });
        return { file, args: ['--config', configFile] };
      },
      async probe(port) {
        // The server speaks first, before any login, and says its name.
        const greeting = await tcpProbe(port, (answer) => answer.includes('\r\n'));
        if (!greeting.includes(serverName)) throw new Error(`another server answers on port ${port}`);
      },
    },
    options,
  );
  return Object.assign(server, { url: `nats://127.0.0.1:${server.port}` });
}

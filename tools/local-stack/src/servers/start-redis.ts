import { ensureBinaries } from '../binaries/ensure-binaries';
import type { RunningServer, ServerOptions } from '../processes/running-server';
import { startServer } from '../processes/start-server';
import { tcpProbe } from '../processes/tcp-probe';

/** A running Redis without persistence. */
export interface RedisServer extends RunningServer {
  /** `redis://127.0.0.1:<port>` */
  readonly url: string;
}

/** Starts Redis on 127.0.0.1, in memory only, installing it first if this machine has none. */
export async function startRedis(options: ServerOptions = {}): Promise<RedisServer> {
  const { 'redis-server': file } = await ensureBinaries(['redis-server']);
  const server = await startServer(
    {
      name: 'redis-server',
      command(port, dataDir) {
        const args = [
          '--port',
          String(port),
          '--bind',
          '127.0.0.1',
          '--protected-mode',
          'yes',
          '--dir',
          dataDir,
          '--save',
          '',
          '--appendonly',
          'no',
          '--daemonize',
          'no',
        ];
        return { file, args, cwd: dataDir };
      },
      async probe(port, dataDir) {
        // Its folder tells ours from a stranger that had the port before.
        const answer = await tcpProbe(
          port,
          (text) => text.includes(dataDir) || /^[-*].*\r\n.*\r\n.*\r\n.*\r\n.*\r\n/.test(text),
          'CONFIG GET dir\r\n',
        );
        if (!answer.includes(dataDir)) throw new Error(`another server answers on port ${port}`);
      },
    },
    options,
  );
  return Object.assign(server, { url: `redis://127.0.0.1:${server.port}` });
}
